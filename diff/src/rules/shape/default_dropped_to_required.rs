//! What readers filled in must now be there.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "default-dropped-to-required",
    summary: "what readers filled in must now be there",
    message: "`{name}` lost its default and must now be there",
    notes: Pair::new("readers fill it in", "required"),
    because: "older writers never sent `{name}`",
    explanation: "Writers of the schema just before this one send defaults out, so they are understood. \
                  Those who leave the member out are not: writers from before it came to be, callers that \
                  dropped it for the sake of an older server, peers in other languages. A reader of the new \
                  schema refuses their messages.",
    example: Pair::new("struct Page { limit: u16 = 10 }", "struct Page { limit: u16 }"),
    fix: "restore `= {old}`",
    migration: "Keep the default for as long as the major lives; it costs a reader nothing. Drop it with \
                the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if let Presence::Defaulted(_) = values.old.presence
        && values.new.presence == Presence::Required
    {
        sink.here(Pair::new(values.old.default_text(), values.new.text()));
    }
}
