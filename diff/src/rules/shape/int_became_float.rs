//! An integer became a float that does not hold all of its values.

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::node::holds_exactly;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "int-became-float",
    summary: "an integer became a float that does not hold all of its values",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "integers that `{new}` cannot hold exactly, and all floats, are refused",
    explanation: "A reader of a float takes an integer that the float holds exactly and refuses any other, \
                  rather than to round it. A reader of an integer refuses floats, even whole ones.",
    example: Pair::new("struct Total { cents: i64 }", "struct Total { cents: f64 }"),
    fix: "restore `{old}`, and add a member of type `{new}` beside it",
    migration: "Add a float beside the integer, fill both, and drop the integer with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let (Some(range), Some(digits)) = (values.old.int_range(), values.new.float_digits()) else { return };
    if !holds_exactly(digits, range) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
