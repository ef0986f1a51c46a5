//! What had to be there may now be left out.

use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Presence, Value};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "became-optional",
    summary: "what had to be there may now be left out",
    message: "`{name}` may now be left out",
    notes: Pair::new("required", "may be omitted"),
    because: "they refuse a message without `{name}`",
    explanation: "Writers of the new schema leave it out, or send nil, when they have no value. A reader of \
                  the old schema needs one and refuses the whole message without it.",
    example: Pair::new("struct Match { quality: string }", "struct Match { quality: string? }"),
    fix: "restore `{old}`, or use `= <default>`, which writers always send",
    migration: "In parameters replace the servers before any client. In results and events keep sending a \
                value for as long as the major lives, or add an optional member beside it and deprecate \
                this one.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Presence(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let may_miss = matches!(values.new.presence, Presence::Optional | Presence::Patch);
    if values.old.presence == Presence::Required && may_miss {
        sink.here(values.as_ref().map(Value::text));
    }
}
