//! A closed choice has one variant less.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-removed-closed",
    summary: "a closed enum or union has one variant less",
    message: "variant `{name}` was removed from a closed choice",
    notes: Pair::new("may be sent", "refused"),
    because: "their `{name}` is refused",
    explanation: "Readers of a closed enum or union refuse a name that they do not know, and with it the \
                  whole message. Old writers may still send this one.",
    example: Pair::new(
        "closed enum Side { north, south, east }",
        "closed enum Side { north, south, reserved \"east\"; }",
    ),
    fix: "restore `{name}` and mark it `@deprecated`",
    migration: "Deprecate the variant and stop sending it. With the next major drop it and reserve its name.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.new.is_closed() {
        for variant in &changes.removed {
            sink.removed(variant);
        }
    }
}
