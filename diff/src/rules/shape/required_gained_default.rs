//! What had to be there is now filled in by readers.

use crate::effect::{Effect, MINOR};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "required-gained-default",
    summary: "what had to be there is now filled in by readers",
    message: "`{name}` now has a default",
    notes: Pair::new("required", "readers fill it in"),
    because: "",
    explanation: "Writers of both schemas send the value: who has a default writes it out. Only readers of \
                  the new schema can do without it.",
    example: Pair::new("struct Page { limit: u16 }", "struct Page { limit: u16 = 10 }"),
    fix: "nothing has to be done",
    migration: "This is a safe way to let code leave a member alone: new writers send the default for it.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.old.presence == Presence::Required && matches!(values.new.presence, Presence::Defaulted(_)) {
        sink.here(values.as_ref().map(Value::text));
    }
}
