//! A package declares an event that another major of it already has.

use crate::effect::{Effect, MINOR};
use crate::line;
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-added-beside-another",
    summary: "an event of one major is declared by one more",
    message: "event `{name}` of `{old}` is in `{new}` as well",
    notes: Pair::new("", "under the same routing key"),
    because: "",
    explanation: "An event travels under its routing key, which does not hold the major of a package. Where majors \
                  side by side declare the same one, consumers of each hear the producers of both: those of the \
                  new major from their first moment on, before anybody emits it there. Whether the bodies read \
                  each other is told by `event-cross-major-incompatible`.",
    example: Pair::new(
        "package maps.geo @ 1.0.0;\nevent place.found { id: uuid }",
        "package maps.geo @ 1.0.0;\nevent place.found { id: uuid }\n\
         package maps.geo @ 2.0.0;\nevent place.found { id: uuid, quality: f64? }",
    ),
    fix: "nothing has to be done, unless consumers of one major should not hear the other",
    migration: "Give the event of the new major another routing key with `@wire` where the two should stay apart.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for joined in &members.moved.joined_events {
        let sides = sink.scope().sides;
        let names = joined.map(|(package, _)| line::name(sides, package));
        let spans = joined.map(|(_, event)| Some(event.meta.span));
        sink.declaration(&joined.new.1.meta.name.value, spans, names);
    }
}
