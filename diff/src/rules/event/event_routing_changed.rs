//! An event has another routing key and forgot its old one.

use lymph_idl::model::Event;

use crate::effect::{Edit, Effect, NEW_EVENT};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-routing-changed",
    summary: "an event has its name and another routing key",
    message: "event `{name}` was routed as `{old}` and is now routed as `{new}`",
    notes: Pair::new("consumers bind this key", "producers emit under this one"),
    because: "each side waits for a key that the other does not use",
    explanation: "The routing key is the wire name of an event, whatever its name in the schema. \
                  Queues of old consumers are bound to the old key and stay empty; new consumers bind \
                  the new one, which old producers do not use. Nobody is told.",
    example: Pair::new(
        "event place.found { id: uuid }",
        "@wire(\"geo.place.found\") event place.found { id: uuid }",
    ),
    fix: "add `@was(\"{old}\")`",
    migration: "With `@was` producers emit it under both keys and consumers bind both, until the next \
                major.",
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
    if is_renamed(metas) && !keeps_former_name(metas) && has_its_name {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
