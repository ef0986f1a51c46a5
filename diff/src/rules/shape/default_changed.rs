//! Readers fill in something else.

use crate::effect::{Effect, MINOR_WARN};
use crate::likeness::same_literal;
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "default-changed",
    summary: "readers fill in something else",
    message: "the default of `{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "`{name}` means something else where it is left out",
    explanation: "A value that is left out means something else to each side, and code that leaves it alone \
                  sends something else than before. No message is refused.",
    example: Pair::new("struct Page { limit: u16 = 10 }", "struct Page { limit: u16 = 50 }"),
    fix: "restore `= {old}`, or let those who want `{new}` say so",
    migration: "If the old default was wrong for everybody, change it and tell those who rely on it. \
                Otherwise add a member, or a method, with the new one.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Lossy,
        param: MINOR_WARN,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let (Presence::Defaulted(old), Presence::Defaulted(new)) = (values.old.presence, values.new.presence)
    else {
        return;
    };
    if !same_literal(values, Pair::new(&old.value, &new.value)) {
        sink.here(values.as_ref().map(Value::default_text));
    }
}
