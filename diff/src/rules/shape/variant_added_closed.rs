//! A choice that readers know to be closed has one more.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-added-closed",
    summary: "a closed enum or union has one more variant",
    message: "`{name}` is a new variant of a closed choice",
    notes: Pair::new("closed", "added"),
    because: "they refuse `{name}`",
    explanation: "Readers of a closed enum or union refuse a name that they do not know, and with it the \
                  whole message.",
    example: Pair::new("closed enum Side { north, south }", "closed enum Side { north, south, east }"),
    fix: "drop `{name}`, or send it only when all readers are new",
    migration: "Open the enum or union, replace all of its readers, and then add the variant. In parameters \
                it is enough to replace the servers first.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.is_closed() {
        for variant in &changes.added {
            sink.added(variant);
        }
    }
}
