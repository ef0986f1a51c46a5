//! What readers filled in is now nothing.

use crate::effect::{Edit, Effect, MINOR, MINOR_WARN};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "default-dropped-to-optional",
    summary: "what readers filled in is now nothing",
    message: "`{name}` lost its default and may now be left out",
    notes: Pair::new("readers fill it in", "may be omitted"),
    because: "whoever omits `{name}` no longer means `{old}`",
    explanation: "Where a writer leaves the member out, readers of the old schema took the default and \
                  readers of the new one take nothing. What is sent means the same to both.",
    example: Pair::new("struct Page { limit: u16 = 10 }", "struct Page { limit: u16? }"),
    fix: "restore `= {old}`, or let the handler use `{old}` where nothing came",
    migration: "Let readers treat nothing as the former default until every writer says what it wants.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Fine,
        param: MINOR_WARN,
        result: MINOR,
        event: MINOR_WARN,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if matches!(values.old.presence, Presence::Defaulted(_)) && values.new.presence == Presence::Optional {
        sink.here(Pair::new(values.old.default_text(), values.new.text()));
    }
}
