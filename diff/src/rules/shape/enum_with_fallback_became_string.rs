//! An enum that takes unknown names for one of its own became a string.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MINOR, MINOR_WARN};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "enum-with-fallback-became-string",
    summary: "an enum with a fallback became a string",
    message: "`{name}` changed from the enum `{old}`, which has a fallback, to `{new}`",
    notes: Pair::new("one name for the rest", "any text"),
    because: "texts that `{old}` does not name are read as its fallback",
    explanation: "Readers of the enum take every text that it does not name for the variant marked \
                  `@fallback`, whatever a new writer meant.",
    example: Pair::new(
        "struct Match { quality: Quality } enum Quality { exact, @fallback other }",
        "struct Match { quality: string }",
    ),
    fix: "send only the names of `{old}` until all readers are new",
    migration: "In parameters replace the servers first. In results and events add a string beside the \
                enum, and drop the enum with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Lossy,
        param: MINOR,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.new.scalar() == Some(Scalar::String)
        && values.old.as_enum().is_some_and(|old| old.fallback.is_some())
    {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
