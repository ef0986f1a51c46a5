//! A float became an integer that may be too large for it.

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::node::holds_exactly;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "float-became-int",
    summary: "a float became an integer, of which the float does not hold all values",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "floats, and integers that `{old}` cannot hold exactly, are refused",
    explanation: "A reader of an integer refuses floats, even whole ones. A reader of a float takes an \
                  integer that the float holds exactly and refuses any other, rather than to round it.",
    example: Pair::new("struct Total { cents: f64 }", "struct Total { cents: i64 }"),
    fix: "restore `{old}`, and add a member of type `{new}` beside it",
    migration: "Add an integer beside the float, fill both, and drop the float with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::BreaksSome,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let (Some(digits), Some(range)) = (values.old.float_digits(), values.new.int_range()) else { return };
    if !holds_exactly(digits, range) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
