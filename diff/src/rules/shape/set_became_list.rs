//! A set became a list.

use lymph_idl::model::TypeKind;

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "set-became-list",
    summary: "a set became a list",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("each value once", "may repeat"),
    because: "they drop what is repeated",
    explanation: "Readers of a list take the bytes of a set, and the other way round. A reader of a set \
                  keeps each value once, so what a new writer repeats is lost to it.",
    example: Pair::new("struct Match { tags: set<string> }", "struct Match { tags: list<string> }"),
    fix: "restore `{old}`, or send no value twice until all readers are new",
    migration: "In parameters replace the servers first. In results and events keep values apart while the \
                major lives.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Lossy,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if matches!((&values.old.ty.kind, &values.new.ty.kind), (TypeKind::Set(_), TypeKind::List(_))) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
