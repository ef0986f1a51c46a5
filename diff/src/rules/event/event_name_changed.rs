//! An event has another name and forgot its old one.

use lymph_idl::model::Event;

use crate::effect::{Edit, Effect, NEW_EVENT};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-name-changed",
    summary: "an event has another name on the wire",
    message: "event `{old}` is now `{new}`",
    notes: Pair::new("consumers listen to this name", "producers emit this one"),
    because: "each side waits for a name that the other does not emit",
    explanation: "An event travels under its name. Queues of old consumers are bound to the old one \
                  and stay empty; new consumers bind the new one, which old producers do not emit. \
                  Nobody is told.",
    example: Pair::new("event place.found { id: uuid }", "event place.located { id: uuid }"),
    fix: "add `@was(\"{old}\")`, or keep the name with `@wire(\"{old}\")`",
    migration: "With `@wire` the event has another name in code only. With `@was` producers emit it \
                under both names and consumers bind both, until the next major.",
    consequence: Consequence::Event {
        old_consumer: Effect::Lossy,
        new_consumer: Effect::Lossy,
        step: NEW_EVENT,
    },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Event(check),
};

fn check(events: &Pair<&Event>, sink: &mut Sink<'_, '_>) {
    let metas = events.map(|event| &event.meta);
    let has_its_name = !metas.map(|meta| &meta.name.value).differs();
    if is_renamed(metas) && !keeps_former_name(metas) && !has_its_name {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
