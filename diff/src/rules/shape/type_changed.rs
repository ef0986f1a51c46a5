//! The type is another one altogether.

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "type-changed",
    summary: "the type is another one altogether",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "`{old}` and `{new}` do not read each other's values",
    explanation: "The two types travel in different forms, so neither side can read what the other writes.",
    example: Pair::new("struct Match { score: string }", "struct Match { score: list<u8> }"),
    fix: "restore `{old}`, and add a member of another name for the new type",
    migration: "Add a member of the new type beside the old one, deprecate the old one, and drop it with \
                the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

/// Speaks whenever nothing more precise did: it stands last.
fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    sink.here(values.as_ref().map(Value::kind_text));
}
