//! An integer holds other values than before, neither more nor less.

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "int-sign-changed",
    summary: "an integer holds other values, neither more nor less",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "values that only one of `{old}` and `{new}` holds are refused",
    explanation: "Integers are checked by value, not by encoding. Each of the two types holds values that \
                  the other does not, as negative ones and very large ones, and each side refuses those.",
    example: Pair::new("struct Delta { steps: i32 }", "struct Delta { steps: u32 }"),
    fix: "restore `{old}`, or take a type that holds both, as `i64`",
    migration: "Choose a wider signed type if both kinds of values are needed; otherwise change the sign \
                with the next major.",
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
    let Pair { old: Some(old), new: Some(new) } = values.as_ref().map(Value::int_range) else { return };

    let holds_all = |a: (i128, i128), b: (i128, i128)| a.0 <= b.0 && a.1 >= b.1;
    if !holds_all(old, new) && !holds_all(new, old) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
