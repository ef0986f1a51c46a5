//! One instance handles what every one of them handled.

use lymph_idl::model::Handler;

use crate::effect::{Effect, NEW_EVENT};
use crate::pair::Pair;
use crate::queue::is_broadcast;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-left-broadcast",
    summary: "a handler is no longer broadcast",
    message: "one instance now hears `{name}`, not every one",
    notes: Pair::new("every instance handles each event", "one instance handles each event"),
    because: "instances miss what the others handle",
    explanation: "A broadcast handler has a queue for each instance; other handlers share one among \
                  all instances. What every instance did with an event, such as emptying its cache, is \
                  done by one of the new ones only.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { @broadcast on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { on place.found as note; }",
    ),
    fix: "leave the handler, and add a shared one under another name",
    migration: "Add a handler under a new name that does what is to be done once, and remove the \
                broadcast one when nothing needs it.",
    consequence: Consequence::Event {
        old_consumer: Effect::Lossy,
        new_consumer: Effect::Lossy,
        step: NEW_EVENT,
    },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    if handlers.map(is_broadcast) == Pair::new(true, false) {
        sink.here(Pair::new("", ""));
    }
}
