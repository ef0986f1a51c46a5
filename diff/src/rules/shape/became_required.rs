//! What could be left out must now be there.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "became-required",
    summary: "what could be left out must now be there",
    message: "`{name}` can no longer be left out",
    notes: Pair::new("may be omitted", "required"),
    because: "they may omit `{name}`",
    explanation: "Nil and missing are the same for `T?`, and writers of the old schema use both. A reader \
                  of the new schema needs a value and refuses the whole message without one.",
    example: Pair::new("struct Query { country: string? }", "struct Query { country: string }"),
    fix: "restore `?`, or `= <default>`",
    migration: "Keep it optional and let the reader decide what to do without it, or give it a default, \
                which readers fill in. When every writer sends it, it can become required with the next \
                major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let may_miss = matches!(values.old.presence, Presence::Optional | Presence::Patch);
    if may_miss && values.new.presence == Presence::Required {
        sink.here(values.as_ref().map(Value::text));
    }
}
