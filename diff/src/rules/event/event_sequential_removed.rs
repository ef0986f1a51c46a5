//! Several events at a time are handled where one was.

use lymph_idl::model::{DeliveryMode, Interface};

use crate::effect::{Effect, NEW_EVENT};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::queue::refused;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-sequential-removed",
    summary: "a handler is no longer sequential",
    message: "`{name}` is no longer `@sequential`, on a queue that is there as such",
    notes: Pair::new("one instance at a time consumes the queue", "several instances consume it"),
    because: "the broker refuses to declare the queue a second time with other arguments",
    explanation: "Without `@sequential` events overtake each other, which a handler has to bear.\n\n \
                  The name of the queue is the same, and whether one instance at a time consumes it is \
                  an argument of the queue. RabbitMQ answers a declaration that differs from the first \
                  with `406 PRECONDITION_FAILED`, so a new instance does not start while the old queue \
                  exists, which outlives the old instances. Should somebody delete it, old instances \
                  no longer start. A version does not help: queues have none in their names.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { @sequential on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { on place.found as note; }",
    ),
    fix: "give the handler another name or `@queue`",
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
        let modes = handlers.map(|handler| &handler.delivery.mode);
        if modes.old == &DeliveryMode::Sequential && modes.differs() {
            let spans = handlers.map(|handler| Some(handler.meta.span));
            sink.part_of(Part::Handler(&handlers.new.meta.name.value), spans, Pair::new("", ""));
        }
    }
}
