//! Every instance handles what one of them handled.

use lymph_idl::model::Handler;

use crate::effect::{Effect, NEW_EVENT};
use crate::pair::Pair;
use crate::queue::is_broadcast;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-became-broadcast",
    summary: "a handler became broadcast",
    message: "every instance now hears `{name}`, not one of them",
    notes: Pair::new("one instance handles each event", "every instance handles each event"),
    because: "each event is handled once by the old instances and once by every new one",
    explanation: "The instances of a service share a queue, so one of them handles each event. A \
                  broadcast handler has a queue for each instance. While both run, the old ones handle \
                  every event once and the new ones once each. When the old ones are gone, their queue \
                  stays at the broker, still bound, and fills. A version does not help: queues have \
                  none in their names.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { @broadcast on place.found as note; }",
    ),
    fix: "leave the handler, and add a broadcast one under another name",
    migration: "Add a broadcast handler under a new name that does what every instance has to do, and let the \
                old one do the rest. When there is no rest, remove it and delete its queue.",
    consequence: Consequence::Event {
        old_consumer: Effect::Lossy,
        new_consumer: Effect::Lossy,
        step: NEW_EVENT,
    },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    if handlers.map(is_broadcast) == Pair::new(false, true) {
        sink.here(Pair::new("", ""));
    }
}
