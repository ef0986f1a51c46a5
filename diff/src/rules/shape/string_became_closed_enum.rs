//! A string became one out of a list.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "string-became-closed-enum",
    summary: "a string became one out of a list",
    message: "`{name}` changed from `{old}` to the closed enum `{new}`",
    notes: Pair::new("any text", "only its names"),
    because: "texts that `{new}` does not name are refused",
    explanation: "An enum travels as the name of its variant, which is a string. Readers of a closed enum \
                  refuse a message that holds any other text than its names.",
    example: Pair::new(
        "struct Match { quality: string }",
        "struct Match { quality: Quality } closed enum Quality { exact, street }",
    ),
    fix: "drop `closed` before the enum",
    migration: "Leave the enum open and let readers refuse, or ignore, what they do not know. Close it with \
                the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.old.scalar() == Some(Scalar::String) && values.new.as_enum().is_some_and(|new| new.closed) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
