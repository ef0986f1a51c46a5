//! A value became one of several that a union holds.

use lymph_idl::model::Field;

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::likeness::same_type;
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "value-wrapped-in-union",
    summary: "a value became one of several that a union holds",
    message: "`{name}` changed from `{old}` to the union `{new}`, which holds it",
    notes: Pair::new("bare", "in a map of one entry"),
    because: "a bare value and a union travel in different forms",
    explanation: "A union travels as a map of one entry, whose key says which variant it is. A bare value \
                  has no such map around it, so neither side reads the other.",
    example: Pair::new(
        "struct Place { at: string }",
        "struct Place { at: Where } union Where { name: string, code: u32 }",
    ),
    fix: "restore `{old}`, and add an optional member of type `{new}`",
    migration: "Add the union as an optional member beside the value, fill both where that is possible, and \
                drop the value with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let Some(union) = values.new.as_union() else { return };
    let holds = |variant: &Field| {
        let payload = Value::new(values.new.schema, &variant.ty, None);
        same_type(&Pair::new(values.old.clone(), payload))
    };
    if values.old.as_union().is_none() && union.variants.iter().any(holds) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
