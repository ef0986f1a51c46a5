//! A queue of one name is to be declared with other arguments.

use lymph_idl::model::Interface;

use crate::effect::{Effect, NEW_EVENT};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::queue::{handler_queues, refused};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "queue-args-changed",
    summary: "a handler's queue cannot be declared as it is now",
    message: "the queue `{new}` of `{name}` is there with other arguments",
    notes: Pair::new("declared one way", "declared another way"),
    because: "the broker refuses to declare the queue a second time with other arguments",
    explanation: "`@queue` keeps the name of the queue, and whether it outlives the broker is an \
                  argument of it. RabbitMQ answers a declaration that differs from the first with `406 \
                  PRECONDITION_FAILED`, so a new instance does not start while the old queue exists. \
                  Should somebody delete it, old instances no longer start. A version does not help: \
                  queues have none in their names.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { @queue(\"notes\") on place.found as note; }",
        "event place.found { id: uuid }\n\
         interface Geo { @queue(\"notes\") @durable(false) on place.found as note; }",
    ),
    fix: "give it another `@queue`",
    migration: "Add a handler under a new name with a queue of its own and remove this one in the same \
                release, then delete the old queue when it is empty. Or stop all instances, let the \
                queue run empty, delete it, and start the new ones.",
    consequence: Consequence::Event {
        old_consumer: Effect::Breaks,
        new_consumer: Effect::Breaks,
        step: NEW_EVENT,
    },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for handlers in refused(*interfaces, members) {
        if !handlers.map(|handler| &handler.delivery.mode).differs() {
            let queues = handler_queues(*interfaces, handlers).map(|queue| queue.name);
            let part = Part::Handler(&handlers.new.meta.name.value);
            sink.part_of(part, handlers.map(|handler| Some(handler.meta.span)), queues);
        }
    }
}
