//! One out of a list became any string.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "closed-enum-became-string",
    summary: "a closed enum became a string",
    message: "`{name}` changed from the closed enum `{old}` to `{new}`",
    notes: Pair::new("only its names", "any text"),
    because: "texts that `{old}` does not name are refused",
    explanation: "An enum travels as the name of its variant, which is a string. Readers of a closed enum \
                  refuse a message that holds any other text than its names, and a new writer may send one.",
    example: Pair::new(
        "struct Match { quality: Quality } closed enum Quality { exact, street }",
        "struct Match { quality: string }",
    ),
    fix: "restore `{old}`, and open it",
    migration: "Open the enum and replace all of its readers; then it can become a string, or get more \
                variants.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.new.scalar() == Some(Scalar::String) && values.old.as_enum().is_some_and(|old| old.closed) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
