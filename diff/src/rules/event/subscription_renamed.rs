//! A handler has a queue of another name, and the old one stays.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::queue::{handler_queues, is_broadcast, is_serial};
use crate::renames::is_renamed;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-renamed",
    summary: "a handler has a queue of another name",
    message: "the queue of `{name}` was `{old}` and is now `{new}`",
    notes: Pair::new("old instances consume this queue", "new instances consume this one"),
    because: "both queues get each event, and the old one is left behind full",
    explanation: "A handler's queue is named after interface and handler and ends in `.durable` or \
                  `.transient`, unless `@queue` names it. A new instance declares the new queue and \
                  binds it. The old one stays at the broker, bound as it was: while both run, each \
                  event is handled twice; when the old instances are gone, what waits there is lost to \
                  everybody, and it fills.\n\n A queue that is not durable, by `@durable(false)`, is \
                  gone when the broker restarts, with all that waits in it.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { on place.found as remember; }",
    ),
    fix: "restore its name and `@durable`, or keep the queue with `@queue(\"{old}\")` if it is not serial",
    migration: "Name the old queue with `@queue`, and the handler may have any name. Otherwise replace \
                all instances, let an old one empty the old queue, and delete it.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[Edit::Consumer],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    if is_renamed(interfaces.map(|interface| &interface.meta)) {
        return;
    }
    for handlers in &members.handlers.pairs {
        let names = handler_queues(*interfaces, *handlers).map(|queue| queue.name);
        let has_one_queue = handlers.map(|handler| !is_broadcast(handler)) == Pair::new(true, true);
        if has_one_queue && !handlers.map(is_serial).differs() && names.differs() {
            let part = Part::Handler(&handlers.new.meta.name.value);
            sink.part_of(part, handlers.map(|handler| Some(handler.meta.span)), names);
        }
    }
}
