//! Nobody says any more that an event is emitted.

use lymph_idl::model::Interface;

use crate::effect::{Effect, MAJOR};
use crate::emits::emits_removed;
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "emits-removed",
    summary: "no interface emits an event any more",
    message: "no interface says any more that it emits `{name}`",
    notes: Pair::new("consumers wait for it", ""),
    because: "nobody emits it any more, and nobody says so",
    explanation: "The event is still declared, but no interface of these packages says that it emits \
                  it. Consumers keep their queues and hear nothing: no error tells them.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { rpc find(); emits place.found; }",
        "event place.found { id: uuid }\ninterface Geo { rpc find(); }",
    ),
    fix: "restore the line, or deprecate the event",
    migration: "Deprecate the event, move its consumers, and stop emitting it with the next major.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Fine, step: MAJOR },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for (emits, other) in emits_removed(sink.scope(), interfaces, members) {
        if other.is_none() {
            let name = &sink.scope().schemas.old.event(emits.event).meta.name.value;
            sink.part_of(Part::Emits(name), Pair::new(Some(emits.span), None), Pair::new("", ""));
        }
    }
}
