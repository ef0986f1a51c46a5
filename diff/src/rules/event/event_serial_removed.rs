//! Events of one key are no longer handled in order.

use lymph_idl::model::Handler;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::queue::{is_broadcast, is_serial};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-serial-removed",
    summary: "a handler is no longer serial",
    message: "`{name}` is no longer `@serial`, and has one queue for all",
    notes: Pair::new("a queue for each partition", "one queue for all"),
    because: "events of one key overtake each other, and the old queues are left behind full",
    explanation: "A serial handler shares what arrives in one queue out to partitions, each with a \
                  queue of its own; other handlers consume one queue for all. The queues have \
                  different names, and the old ones stay at the broker when the old instances are \
                  gone. While both run, each event is handled at both. Then what waits in the old \
                  queues is lost to everybody, and they fill. From then on events of one key may \
                  overtake each other.\n\n The hub has one queue for a \
                  handler and refuses another kind of it, so there a new instance does not start \
                  beside old ones.",
    example: Pair::new(
        "event place.found { id: uuid }\n\
         interface Geo { @serial(key = id, partitions = 4) on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { on place.found as note; }",
    ),
    fix: "restore `@serial`",
    migration: "See that the handler bears any order, replace all instances, let an old one empty the \
                partitions, and delete them.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    if handlers.map(is_serial) == Pair::new(true, false) && !is_broadcast(handlers.new) {
        sink.here(Pair::new("", ""));
    }
}
