//! An integer became a float that holds all of its values.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::node::holds_exactly;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "int-became-exact-float",
    summary: "an integer became a float that holds all of its values",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "floats are refused",
    explanation: "A reader of a float takes every integer that the float holds exactly, and this one holds \
                  them all. A reader of an integer refuses floats, even whole ones.",
    example: Pair::new("struct Total { count: u16 }", "struct Total { count: f64 }"),
    fix: "replace all readers before any writer",
    migration: "In parameters replace the servers first. In results and events add a float beside the \
                integer, fill both, and drop the integer with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Breaks,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let (Some(range), Some(digits)) = (values.old.int_range(), values.new.float_digits()) else { return };
    if holds_exactly(digits, range) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
