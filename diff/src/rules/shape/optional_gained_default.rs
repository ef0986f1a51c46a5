//! What could be left out is now filled in by readers.

use crate::effect::{Edit, Effect, MINOR};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "optional-gained-default",
    summary: "what could be left out is now filled in by readers",
    message: "`{name}` now has a default",
    notes: Pair::new("may be omitted", "readers fill it in"),
    because: "",
    explanation: "Readers of the new schema put the default where old writers send nil or nothing. Writers \
                  of the new schema always send a value, which old readers take.",
    example: Pair::new("struct Page { limit: u16? }", "struct Page { limit: u16 = 10 }"),
    fix: "nothing has to be done, if the default is what its absence meant",
    migration: "This is the safe way to stop handling its absence. Make sure that the default does what \
                readers did without a value.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.old.presence == Presence::Optional && matches!(values.new.presence, Presence::Defaulted(_)) {
        sink.here(values.as_ref().map(Value::text));
    }
}
