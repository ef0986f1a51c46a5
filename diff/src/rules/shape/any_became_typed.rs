//! `any` became a type of its own.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "any-became-typed",
    summary: "`any` became a type of its own",
    message: "`{name}` changed from `any` to `{new}`",
    notes: Pair::new("anything", ""),
    because: "what is no `{new}` is refused",
    explanation: "Writers of the old schema may send anything, and readers of the new schema refuse what is \
                  no value of the new type. Readers of `any` take whatever a new writer sends.",
    example: Pair::new("struct Match { score: any }", "struct Match { score: f64 }"),
    fix: "restore `any`, and add a member of type `{new}` beside it",
    migration: "Let the handler look whether what came is of the type that you want, and give it the type \
                with the next major.",
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
    if values.old.scalar() == Some(Scalar::Any) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
