//! A string became an enum that takes unknown names for one of its own.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MINOR, MINOR_WARN};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "string-became-enum-with-fallback",
    summary: "a string became an enum with a fallback",
    message: "`{name}` changed from `{old}` to the enum `{new}`, which has a fallback",
    notes: Pair::new("any text", "one name for the rest"),
    because: "texts that `{new}` does not name are read as its fallback",
    explanation: "Readers of the enum take every text that it does not name for the variant marked \
                  `@fallback`. The text itself is gone, and is not sent on.",
    example: Pair::new(
        "struct Match { quality: string }",
        "struct Match { quality: Quality } enum Quality { exact, @fallback other }",
    ),
    fix: "drop `@fallback`, so that readers keep what they do not know",
    migration: "Name every text that is in use, or leave the enum open without a fallback.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Fine,
        param: MINOR_WARN,
        result: MINOR,
        event: MINOR_WARN,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.old.scalar() == Some(Scalar::String)
        && values.new.as_enum().is_some_and(|new| new.fallback.is_some())
    {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
