//! Nil no longer says something else than nothing.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "null-merged",
    summary: "nil no longer says something else than nothing",
    message: "`{name}` no longer tells nil from nothing",
    notes: Pair::new("nil clears", "nil and missing are the same"),
    because: "what they clear and what they keep look the same",
    explanation: "Writers of the old schema send nil to clear a value and nothing to keep it. To a reader \
                  of the new schema both are the same, so one of the two is done wrong and nobody is told.",
    example: Pair::new("struct Contact { phone: patch<string> }", "struct Contact { phone: string? }"),
    fix: "restore `{old}`",
    migration: "Add a member of the new type beside it, let readers prefer that one, and drop the patch \
                with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let is_plain = matches!(values.new.presence, Presence::Optional | Presence::Defaulted(_));
    if values.old.presence == Presence::Patch && is_plain {
        sink.here(values.as_ref().map(Value::text));
    }
}
