//! Events of one key are handled in order where all were handled as they came.

use lymph_idl::model::Handler;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::queue::{is_broadcast, is_serial};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-serial-added",
    summary: "a handler became serial",
    message: "`{name}` is now `@serial`, with queues of its own",
    notes: Pair::new("one queue for all", "a queue for each partition"),
    because: "both kinds of queues get each event, and the old one is left behind full",
    explanation: "A serial handler shares what arrives in one queue out to partitions, each with a \
                  queue of its own; other handlers consume one queue for all. The queues have \
                  different names, and the old ones stay at the broker when the old instances are \
                  gone. While both run, each event is handled at both. Then what waits in the old \
                  queue is lost to everybody, and it fills, as it is still bound.\n\n The hub has one queue for a \
                  handler and refuses another kind of it, so there a new instance does not start \
                  beside old ones.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { on place.found as note; }",
        "event place.found { id: uuid }\n\
         interface Geo { @serial(key = id, partitions = 4) on place.found as note; }",
    ),
    fix: "delete the old queue when the old instances are gone",
    migration: "Stop the producers or bear each event twice, replace all instances, let an old one \
                empty the old queue, and delete it.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    if handlers.map(is_serial) == Pair::new(false, true) && !is_broadcast(handlers.old) {
        sink.here(Pair::new("", ""));
    }
}
