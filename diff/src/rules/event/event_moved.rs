//! An event stands in another package.

use crate::effect::{Edit, Effect, MINOR};
use crate::line;
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-moved",
    summary: "an event moved to another package",
    message: "event `{name}` moved from package `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "An event travels under its routing key, which does not hold the name of a package. \
                  Producers and consumers notice nothing until they are rebuilt against another \
                  module. The version in the event's header is that of the new package.",
    example: Pair::new(
        "package maps.geo @ 1.0.0;\n\
         event place.found { id: uuid }\n\
         package maps.events @ 1.0.0;\n\
         struct Note {}",
        "package maps.geo @ 1.1.0;\n\
         struct Box {}\n\
         package maps.events @ 1.1.0;\n\
         struct Note {}\n\
         event place.found { id: uuid }",
    ),
    fix: "change the `use` lines of those who handle or emit it",
    migration: "Move it in one change with everything that imports it; on the wire it is the same event.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for moved in &members.moved.events {
        let spans = moved.map(|(_, event)| Some(event.meta.span));
        let sides = sink.scope().sides;
        let names = moved.map(|(package, _)| line::name(sides, package));
        sink.declaration(&moved.new.1.meta.name.value, spans, names);
    }
}
