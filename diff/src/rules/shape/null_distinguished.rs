//! Nil now says something else than nothing.

use crate::effect::{Edit, Effect, MAJOR, MINOR_WARN, NEW_EVENT};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "null-distinguished",
    summary: "nil now says something else than nothing",
    message: "`{name}` now tells nil from nothing",
    notes: Pair::new("nil and missing are the same", "nil clears"),
    because: "nil and nothing are the same to one side only",
    explanation: "To a reader of `patch<T>` a missing value means *leave it* and nil means *clear it*. \
                  Readers of the old schema cannot tell the two apart, so what a new writer clears may be \
                  left as it is, or what it leaves may be cleared. Writers of the old schema may send nil \
                  for nothing. Generated code leaves it out, but peers without generated code that send nil \
                  now clear the value.",
    example: Pair::new("struct Contact { phone: string? }", "struct Contact { phone: patch<string> }"),
    fix: "replace all readers before any writer sends nil",
    migration: "In parameters make sure that no caller sends nil where it means nothing, and replace the \
                servers first; callers are then free to clear. In results and \
                events add a member beside it, and drop the old one with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Lossy,
        param: MINOR_WARN,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let was_plain = matches!(values.old.presence, Presence::Optional | Presence::Defaulted(_));
    if was_plain && values.new.presence == Presence::Patch {
        sink.here(values.as_ref().map(Value::text));
    }
}
