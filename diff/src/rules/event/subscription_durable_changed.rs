//! The queues of a broadcast handler outlive the broker, or no longer.

use lymph_idl::model::Handler;

use crate::effect::{Effect, MINOR_WARN};
use crate::pair::Pair;
use crate::queue::is_broadcast;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-durable-changed",
    summary: "a broadcast handler's queues outlive the broker, or no longer",
    message: "the queues of `{name}` {new}",
    notes: Pair::new("{old}", "{new}"),
    because: "what waits when the broker restarts is kept by one version and lost by the other",
    explanation: "Each instance declares a queue of its own, so versions do not meet in one. Whether \
                  what waits there outlives the broker depends on the instance.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { @broadcast on place.found as note; }",
        "event place.found { id: uuid }\n\
         interface Geo { @broadcast @durable(false) on place.found as note; }",
    ),
    fix: "see that the handler bears to miss events",
    migration: "Deploy in any order.",
    consequence: Consequence::Event {
        old_consumer: Effect::Lossy,
        new_consumer: Effect::Lossy,
        step: MINOR_WARN,
    },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    let durable = handlers.map(|handler| handler.delivery.durable);
    if handlers.map(is_broadcast) == Pair::new(true, true) && durable.differs() {
        let text = |durable| if durable { "outlive the broker" } else { "end with the broker" };
        sink.here(durable.map(text));
    }
}
