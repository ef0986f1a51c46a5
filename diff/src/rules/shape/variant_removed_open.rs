//! An open choice has one variant less.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-removed-open",
    summary: "an open enum or union has one variant less",
    message: "variant `{name}` was removed",
    notes: Pair::new("may be sent", "unknown"),
    because: "their `{name}` is no longer understood",
    explanation: "Readers of an open enum or union keep a name that they do not know as `Unknown`, or take \
                  it for the fallback, so what old writers send is read but no longer understood. Within a \
                  major a schema only grows, so that each of its versions stays true.",
    example: Pair::new(
        "enum Quality { exact, street, city }",
        "enum Quality { exact, street, reserved \"city\"; }",
    ),
    fix: "restore `{name}` and mark it `@deprecated`",
    migration: "Deprecate the variant and stop sending it. With the next major drop it and reserve its name.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: MAJOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if !choices.new.is_closed() {
        for variant in &changes.removed {
            sink.removed(variant);
        }
    }
}
