//! A handler listens to another event on the same queue.

use lymph_idl::model::{Interface, Subscription};

use crate::effect::{Edit, Effect, NEW_EVENT};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::renames::{same_topic, topic};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-event-changed",
    summary: "a handler listens to another event",
    message: "handler `{name}` listened to `{old}` and now to `{new}`",
    notes: Pair::new("bound to `{old}`", "bound to `{new}` too"),
    because: "the queue gets both events, and each side reads one",
    explanation: "A queue is named after its handler and stays bound to what it was bound to. A new \
                  instance binds the new event beside the old one, and from then on both arrive: old \
                  instances take the new event for the old one and new instances the other way round. \
                  What cannot be read goes to the dead-letter queue at once, and what can is handled \
                  as something that it is not.",
    example: Pair::new(
        "event place.found { id: uuid }\n\
         event place.lost { why: string }\n\
         interface Geo { on place.found as note; }",
        "event place.found { id: uuid }\n\
         event place.lost { why: string }\n\
         interface Geo { on place.lost as note; }",
    ),
    fix: "give the handler another name",
    migration: "Add a handler of the new event under a new name, which gives it a queue of its own, \
                and remove this one; delete its queue when it is empty.",
    consequence: Consequence::Event {
        old_consumer: Effect::BreaksSome,
        new_consumer: Effect::BreaksSome,
        step: NEW_EVENT,
    },
    edits: &[Edit::Consumer],
    check: Check::Interface(check),
};

fn check(_: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for handlers in &members.handlers.pairs {
        let are_patterns = handlers.map(|handler| matches!(handler.subscription, Subscription::Pattern(_)));
        if !same_topic(*handlers, members.events) && are_patterns != Pair::new(true, true) {
            let topics = sink.scope().schemas.zip(*handlers).map(|(schema, handler)| topic(schema, handler));
            let part = Part::Handler(&handlers.new.meta.name.value);
            sink.part_of(part, handlers.map(|handler| Some(handler.meta.span)), topics);
        }
    }
}
