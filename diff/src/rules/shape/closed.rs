//! An open choice was closed.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "closed",
    summary: "an open enum or union was closed",
    message: "`{name}` is now closed: readers refuse names that they do not know",
    notes: Pair::new("keeps other names", "refuses other names"),
    because: "names that they send on are refused",
    explanation: "Old writers send on names that they got from newer peers and do not know themselves, and \
                  readers of the new schema refuse those, and the whole message with them. From now on \
                  every new variant is a break.",
    example: Pair::new("enum Side { north, south }", "closed enum Side { north, south }"),
    fix: "drop `closed`",
    migration: "Leave it open and refuse in the handler what you do not know, or close it with the next \
                major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, _: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if !choices.old.is_closed() && choices.new.is_closed() {
        sink.here(Pair::new("", ""));
    }
}
