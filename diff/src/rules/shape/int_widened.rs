//! An integer may now be larger or smaller than before.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "int-widened",
    summary: "an integer may be larger or smaller than before",
    message: "`{name}` grew from `{old}` to `{new}`",
    notes: Pair::new("", "holds more"),
    because: "values outside `{old}` are refused",
    explanation: "Integers are checked by value, not by encoding: a reader of the wider type takes every \
                  value of the narrower one, but the other way round only those that fit.",
    example: Pair::new("struct Page { limit: u16 }", "struct Page { limit: u32 }"),
    fix: "keep `{old}`, or add a member of the wider type beside it",
    migration: "In parameters replace the servers first. In results and events add a wider member, fill \
                both, and drop the old one with the next major.",
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
    let Pair { old: Some(old), new: Some(new) } = values.as_ref().map(Value::int_range) else { return };

    if new.0 <= old.0 && new.1 >= old.1 {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
