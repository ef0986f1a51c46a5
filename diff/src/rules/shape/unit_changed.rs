//! A number became a duration, or the other way round.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "unit-changed",
    summary: "a number became a duration, or the other way round",
    message: "`{name}` changed from `{old}` to `{new}`, and only a duration says what it counts",
    notes: Pair::new("", ""),
    because: "the number is taken for another unit, and refused where it does not fit",
    explanation: "A duration travels as a whole number of microseconds, so a duration and an integer read \
                  each other. But nobody says in which unit the integer counts, and what one side means as \
                  seconds the other takes for microseconds. What the other type cannot hold, as a negative \
                  number, is refused.",
    example: Pair::new("struct Job { wait: i64 }", "struct Job { wait: duration }"),
    fix: "restore `{old}`, and add a member of type `{new}` under another name",
    migration: "Add a member whose name says what it counts, fill both, and drop the old one with the next \
                major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::BreaksSome,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let is_duration = |value: &Value<'_>| value.scalar() == Some(Scalar::Duration);
    if (is_duration(&values.old) && values.new.int_range().is_some())
        || (is_duration(&values.new) && values.old.int_range().is_some())
    {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
