//! An event is declared by one package less, and another one goes on with it.

use crate::effect::{Edit, Effect, MINOR};
use crate::line;
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-left-to-another",
    summary: "an event of several packages is declared by one less",
    message: "event `{name}` is no longer in package `{old}`, and still in `{new}`",
    notes: Pair::new("", "under the same routing key"),
    because: "",
    explanation: "An event travels under its routing key, which does not hold the name or major of a package. \
                  Where several declare one, as majors side by side may, consumers of each hear the producers \
                  of all. When one of them drops it, its consumers go on hearing the others.",
    example: Pair::new(
        "package maps.geo @ 1.0.0;\nevent place.found { id: uuid }\nevent place.lost { id: uuid, why: string }\n\
         package maps.geo @ 2.0.0;\nevent place.found { id: uuid }",
        "package maps.geo @ 1.1.0;\nevent place.lost { id: uuid, why: string }\n\
         package maps.geo @ 2.0.0;\nevent place.found { id: uuid }",
    ),
    fix: "move those who handle or emit it to the package that still has it",
    migration: "See that somebody goes on emitting the event, and rebuild its consumers against the other package.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for left in &members.moved.left_events {
        let sides = sink.scope().sides;
        let names = left.map(|(package, _)| line::name(sides, package));
        let spans = left.map(|(_, event)| Some(event.meta.span));
        sink.declaration(&left.old.1.meta.name.value, spans, names);
    }
}
