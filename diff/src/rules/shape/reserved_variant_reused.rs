//! A variant uses a name that was reserved.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "reserved-variant-reused",
    summary: "a variant uses a name that was reserved",
    message: "variant `{name}` uses a name that was reserved",
    notes: Pair::new("reserved", "used again"),
    because: "`{old}` once meant something else",
    explanation: "The name was reserved since another variant travelled under it. Peers from that time \
                  still send and expect the old meaning, and both sides take it for the new one without an \
                  error, or refuse its value.",
    example: Pair::new("enum Quality { exact, reserved \"street\"; }", "enum Quality { exact, street }"),
    fix: "choose another name, and restore `reserved \"{old}\";`",
    migration: "Give what is new a name that was never used, and keep the reservation for good.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(_: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    for (variant, reserved) in &changes.reused {
        let spans = Pair::new(Some(reserved.span), Some(variant.span));
        sink.at(&variant.name.value, spans, Pair::new(&*reserved.value, &*variant.wire));
    }
}
