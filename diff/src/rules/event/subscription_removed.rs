//! A service no longer handles an event, and its queue stays.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::queue::{Queue, is_broadcast};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-removed",
    summary: "a handler is gone",
    message: "handler `{name}` was removed, and its queue `{old}` stays",
    notes: Pair::new("consumes `{old}`", ""),
    because: "its queue fills and nobody empties it",
    explanation: "Nobody consumes the handler's queue any more, but the broker keeps it, bound as it \
                  was. What waits in it is never handled, and whatever is emitted is added until the \
                  broker runs out of room.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { rpc find(); on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { rpc find(); }",
    ),
    fix: "delete the queue when the old instances are gone",
    migration: "Let the handler do nothing first, so that it empties its queue. When the instances \
                without it run, delete the queue; then remove the handler with the next major.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Fine, step: MAJOR },
    edits: &[Edit::Consumer],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for handler in members.handlers.removed.iter().filter(|handler| !is_broadcast(handler)) {
        let queue = Queue::of(interfaces.old, handler);
        sink.part_of(
            Part::Handler(&handler.meta.name.value),
            Pair::new(Some(handler.meta.span), None),
            Pair::new(&*queue.name, ""),
        );
    }
}
