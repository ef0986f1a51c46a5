//! An interface says that it emits one more event.

use lymph_idl::model::Interface;

use crate::effect::{Effect, MINOR};
use crate::emits::emits_added;
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "emits-added",
    summary: "an interface emits one more event",
    message: "the interface now emits `{name}`",
    notes: Pair::new("", "added"),
    because: "",
    explanation: "The line tells readers and tools what to expect. Consumers of the event hear one \
                  more producer.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { rpc find(); }",
        "event place.found { id: uuid }\ninterface Geo { rpc find(); emits place.found; }",
    ),
    fix: "nothing has to be done",
    migration: "Mark the line with the version it came with, so that readers know since when to expect \
                the event.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for emits in emits_added(interfaces, members) {
        let name = &sink.scope().schemas.new.event(emits.event).meta.name.value;
        sink.part_of(Part::Emits(name), Pair::new(None, Some(emits.span)), Pair::new("", ""));
    }
}
