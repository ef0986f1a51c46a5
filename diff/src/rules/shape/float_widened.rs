//! A float may now be more exact and larger than before.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "float-widened",
    summary: "a float may be more exact and larger",
    message: "`{name}` grew from `{old}` to `{new}`",
    notes: Pair::new("", "holds more"),
    because: "they round what they read, and refuse what is beyond `{old}`",
    explanation: "Floats are read from both widths. A reader of `f32` rounds what comes, so digits are \
                  lost, and refuses what is beyond its range.",
    example: Pair::new("struct Point { lat: f32 }", "struct Point { lat: f64 }"),
    fix: "keep `{old}`, or add a member of type `{new}` beside it",
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
    if (values.old.scalar(), values.new.scalar()) == (Some(Scalar::F32), Some(Scalar::F64)) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
