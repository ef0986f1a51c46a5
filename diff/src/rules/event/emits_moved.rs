//! An interface no longer emits an event that another one emits.

use lymph_idl::model::Interface;

use crate::effect::{Effect, MINOR};
use crate::emits::emits_removed;
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "emits-moved",
    summary: "an interface leaves an event to another one",
    message: "`{old}` no longer emits `{name}`, and `{new}` does",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Consumers hear the event whoever emits it, and do not see from which interface it \
                  comes.",
    example: Pair::new(
        "event place.found { id: uuid }\n\
         interface Geo { rpc find(); emits place.found; }\n\
         interface Index { rpc build(); }",
        "event place.found { id: uuid }\n\
         interface Geo { rpc find(); }\n\
         interface Index { rpc build(); emits place.found; }",
    ),
    fix: "nothing has to be done",
    migration: "Deploy the new producer before the old one falls silent.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for (emits, other) in emits_removed(sink.scope(), interfaces, members) {
        let Some(other) = other else { continue };
        let name = &sink.scope().schemas.old.event(emits.event).meta.name.value;
        let names = Pair::new(&*interfaces.old.meta.name.value, &*other.meta.name.value);
        sink.part_of(Part::Emits(name), Pair::new(Some(emits.span), None), names);
    }
}
