//! Variants stand in another order.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, PATCH};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-reordered",
    summary: "variants stand in another order",
    message: "the variants of `{name}` stand in another order",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Variants travel by name, so their order says nothing.",
    example: Pair::new("enum Quality { exact, street }", "enum Quality { street, exact }"),
    fix: "nothing has to be done",
    migration: "Order them as people read them best.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: PATCH,
        result: PATCH,
        event: PATCH,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(_: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    let pairs = &changes.pairs;
    if !pairs.is_sorted_by_key(|variants| variants.old.span.start) {
        sink.here(Pair::new("", ""));
    }
}
