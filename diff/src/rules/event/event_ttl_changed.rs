//! An event is worth something for another time.

use lymph_idl::model::Event;
use std::time::Duration;

use crate::effect::{Effect, MINOR_WARN};
use crate::literal::duration;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-ttl-changed",
    summary: "an event is kept for another time while it waits",
    message: "`{name}` was worth something for {old} and now is for {new}",
    notes: Pair::new("{old}", "{new}"),
    because: "what waits too long is gone, and how long that is depends on who emitted it",
    explanation: "An event with a `@ttl` is dropped when it waited that long in a queue. The producer \
                  says how long. A consumer that is away for a while then misses events that it would \
                  have got before, or gets some that it takes for too old.",
    example: Pair::new("@ttl(1h) event place.found { id: uuid }", "@ttl(30s) event place.found { id: uuid }"),
    fix: "look at how long consumers may be away",
    migration: "Before you shorten it, see that consumers can do without what they miss; before you \
                lengthen it, that they look at the age.",
    consequence: Consequence::Event {
        old_consumer: Effect::Lossy,
        new_consumer: Effect::Lossy,
        step: MINOR_WARN,
    },
    edits: &[],
    check: Check::Event(check),
};

fn check(events: &Pair<&Event>, sink: &mut Sink<'_, '_>) {
    let ttls = events.map(|event| event.ttl);
    if ttls.differs() {
        let text = |ttl: Option<Duration>| ttl.map_or_else(|| "ever".to_owned(), duration);
        sink.here(ttls.map(text));
    }
}
