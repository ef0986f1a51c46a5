//! An integer may no longer be as large or small as before.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "int-narrowed",
    summary: "an integer may no longer be as large or small as before",
    message: "`{name}` shrank from `{old}` to `{new}`",
    notes: Pair::new("", "holds less"),
    because: "values outside `{new}` are refused",
    explanation: "Integers are checked by value, not by encoding: a reader of the narrower type takes what \
                  fits and refuses the rest. Whatever a new writer sends fits the wider type of an old \
                  reader.",
    example: Pair::new("struct Page { limit: u32 }", "struct Page { limit: u16 }"),
    fix: "restore `{old}`, and check in the handler what fits",
    migration: "Keep the type and put a constraint on it if the values are known to fit; narrow it with the \
                next major.",
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
    let Pair { old: Some(old), new: Some(new) } = values.as_ref().map(Value::int_range) else { return };

    if new.0 >= old.0 && new.1 <= old.1 {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
