//! A float is less exact and may no longer be as large as before.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "float-narrowed",
    summary: "a float is less exact and may no longer be as large",
    message: "`{name}` shrank from `{old}` to `{new}`",
    notes: Pair::new("", "holds less"),
    because: "what they send is rounded, and refused beyond `{new}`",
    explanation: "Floats are read from both widths. A reader of `f32` rounds what comes, so digits are \
                  lost, and refuses what is beyond its range.",
    example: Pair::new("struct Point { lat: f64 }", "struct Point { lat: f32 }"),
    fix: "restore `{old}`",
    migration: "Keep the wider type on the wire and narrow it in your own code; narrow it here with the \
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
    if (values.old.scalar(), values.new.scalar()) == (Some(Scalar::F64), Some(Scalar::F32)) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
