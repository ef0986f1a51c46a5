//! A handler listens to other events by its wildcards.

use lymph_idl::model::{Interface, Subscription};

use crate::effect::{Effect, MAJOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::renames::{same_topic, topic};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-pattern-changed",
    summary: "a handler's pattern is another one",
    message: "handler `{name}` listened to `{old}` and now to `{new}`",
    notes: Pair::new("bound to `{old}`", "bound to `{new}` too"),
    because: "the queue gets the events of both patterns",
    explanation: "A queue stays bound to what it was bound to. A new instance binds the new pattern \
                  beside the old one, and instances of both versions get what either matches. The old \
                  binding stays until somebody removes it, so a narrower pattern changes nothing by \
                  itself.",
    example: Pair::new(
        "interface Geo { on place.*.found as note; }",
        "interface Geo { on place.# as note; }",
    ),
    fix: "let the handler look at the name of each event, and remove the old binding",
    migration: "Let the handler pass over names that it does not expect before you widen the pattern. \
                After narrowing it, remove the old binding at the broker when the old instances are \
                gone.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Interface(check),
};

fn check(_: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for handlers in &members.handlers.pairs {
        let are_patterns = handlers.map(|handler| matches!(handler.subscription, Subscription::Pattern(_)));
        if !same_topic(*handlers, members.events) && are_patterns == Pair::new(true, true) {
            let topics = sink.scope().schemas.zip(*handlers).map(|(schema, handler)| topic(schema, handler));
            let part = Part::Handler(&handlers.new.meta.name.value);
            sink.part_of(part, handlers.map(|handler| Some(handler.meta.span)), topics);
        }
    }
}
