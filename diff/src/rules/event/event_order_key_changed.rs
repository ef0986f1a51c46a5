//! Events are kept in order by another field.

use lymph_idl::model::Handler;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::queue::order_key;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-order-key-changed",
    summary: "a serial handler's key is another field",
    message: "`{name}` was kept in order by `{old}` and is now by `{new}`",
    notes: Pair::new("in order by `{old}`", "in order by `{new}`"),
    because: "events of one key wait in several partitions while both run",
    explanation: "The key decides in which partition an event waits. Old and new instances share the \
                  partitions, and whichever fills them uses its own key: until the last event placed \
                  by the old key is handled, events of one new key wait in several partitions and \
                  overtake each other. After that, those of one old key do.\n\n The hub has one queue for a \
                  handler and refuses another kind of it, so there a new instance does not start \
                  beside old ones.",
    example: Pair::new(
        "event place.found { id: uuid, city: string }\n\
         interface Geo { @serial(key = id, partitions = 4) on place.found as note; }",
        "event place.found { id: uuid, city: string }\n\
         interface Geo { @serial(key = city, partitions = 4) on place.found as note; }",
    ),
    fix: "restore the key, or add a handler with the new one under another name",
    migration: "Add a handler under a new name with the new key, which gives it partitions of its own, \
                remove this one, and delete its queues when they are empty.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    let keys = sink.scope().schemas.zip(*handlers).map(|(schema, handler)| order_key(schema, handler));
    if let Pair { old: Some(old), new: Some(new) } = keys
        && old != new
    {
        sink.here(Pair::new(old, new));
    }
}
