//! A float became an integer, of which it held all values.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::node::holds_exactly;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "float-became-exact-int",
    summary: "a float became an integer, of which the float holds all values",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "floats are refused",
    explanation: "A reader of an integer refuses floats, even whole ones, and floats are all that writers \
                  of the old schema send. A reader of a float takes every integer that the float holds \
                  exactly, and it holds all of these.",
    example: Pair::new("struct Total { count: f64 }", "struct Total { count: u16 }"),
    fix: "restore `{old}`, and add a member of type `{new}` beside it",
    migration: "Add an integer beside the float, fill both, and drop the float with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let (Some(digits), Some(range)) = (values.old.float_digits(), values.new.int_range()) else { return };
    if holds_exactly(digits, range) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
