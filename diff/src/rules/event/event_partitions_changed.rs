//! A serial handler has more or fewer partitions.

use lymph_idl::model::{DeliveryMode, Handler};

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-partitions-changed",
    summary: "a serial handler has another number of partitions",
    message: "`{name}` had {old} partitions and now has {new}",
    notes: Pair::new("{old} partitions", "{new} partitions"),
    because: "events of one key wait in two partitions while both run, and dropped partitions are left \
              behind",
    explanation: "The partition of an event is its key's hash modulo their number. With another number \
                  most keys move: an event that comes after the change can overtake one of its key \
                  that still waits in the old place. New instances do not consume partitions beyond \
                  their number, so with fewer of them what waits there is handled by old instances or \
                  never.\n\n The hub has one queue for a \
                  handler and refuses another kind of it, so there a new instance does not start \
                  beside old ones.",
    example: Pair::new(
        "event place.found { id: uuid }\n\
         interface Geo { @serial(key = id, partitions = 4) on place.found as note; }",
        "event place.found { id: uuid }\n\
         interface Geo { @serial(key = id, partitions = 8) on place.found as note; }",
    ),
    fix: "keep the number, or add a handler with the new one under another name",
    migration: "Choose more partitions than you need from the start. To change them, stop the \
                producers until all partitions are empty, replace all instances, and delete the \
                partitions that are left over.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    if let Pair {
        old: DeliveryMode::Serial { partitions: old, .. },
        new: DeliveryMode::Serial { partitions: new, .. },
    } = handlers.map(|handler| &handler.delivery.mode)
        && old != new
    {
        sink.here(Pair::new(old.to_string(), new.to_string()));
    }
}
