//! An open enum became the string as which it travels.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MINOR};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "open-enum-became-string",
    summary: "an open enum became a string",
    message: "`{name}` changed from the open enum `{old}` to `{new}`",
    notes: Pair::new("names what it knows", "any text"),
    because: "",
    explanation: "An enum travels as the name of its variant, which is a string. Readers of an open enum \
                  keep a name that they do not know, so whatever text a new writer sends is read.",
    example: Pair::new(
        "struct Match { quality: Quality } enum Quality { exact, street }",
        "struct Match { quality: string }",
    ),
    fix: "nothing has to be done",
    migration: "The enum was open, so nobody has to be told before. Consider keeping it: a new variant is \
                as easy to add as a new text.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.new.scalar() == Some(Scalar::String)
        && values.old.as_enum().is_some_and(|old| !old.closed && old.fallback.is_none())
    {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
