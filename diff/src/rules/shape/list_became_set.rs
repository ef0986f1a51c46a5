//! A list became a set.

use lymph_idl::model::TypeKind;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "list-became-set",
    summary: "a list became a set",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("may repeat", "each value once"),
    because: "what they repeat is dropped",
    explanation: "Readers of a set take the bytes of a list, and the other way round. A reader of a set \
                  keeps each value once, so what an old writer repeats is lost to it.",
    example: Pair::new("struct Match { tags: list<string> }", "struct Match { tags: set<string> }"),
    fix: "restore `{old}`, and drop repeated values in the handler",
    migration: "Keep the list on the wire if repeating has a meaning to anybody; otherwise make it a set \
                with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if matches!((&values.old.ty.kind, &values.new.ty.kind), (TypeKind::List(_), TypeKind::Set(_))) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
