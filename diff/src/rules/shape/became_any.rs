//! A type became `any`.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "became-any",
    summary: "a type became `any`",
    message: "`{name}` changed from `{old}` to `any`",
    notes: Pair::new("", "anything"),
    because: "what is no `{old}` is refused",
    explanation: "Readers of `any` take every value, tagged ones included, and keep what it is. Writers of \
                  the new schema may send anything, and readers of the old schema refuse what is no value \
                  of the old type.",
    example: Pair::new("struct Match { score: f64 }", "struct Match { score: any }"),
    fix: "restore `{old}`, and add a member of type `any` beside it",
    migration: "In parameters replace the servers first. In results and events add a member of type `any`, \
                fill both while the major lives, and drop the old one with the next.",
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
    if values.new.scalar() == Some(Scalar::Any) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
