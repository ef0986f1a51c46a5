//! Two majors emit one event whose bodies do not read each other.

use lymph_idl::model::Package;

use crate::effect::{Edit, Effect, NEW_EVENT};
use crate::matching::Matching;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;
use crate::walk::first_break;

pub(super) const RULE: Rule = Rule {
    id: "event-cross-major-incompatible",
    summary: "two majors declare an event whose bodies do not read each other",
    message: "majors {old} and {new} both have `{name}`, and do not read each other",
    notes: Pair::new("in {old}", "in {new}"),
    because: "consumers of one major read what producers of the other emit",
    explanation: "Majors live side by side, and an event travels under its routing key, which holds no \
                  version. Whoever handles the event of one major hears those of the other, and what \
                  it cannot read goes to the dead-letter queue at once. That is so from the first \
                  moment that both are there, whatever happened to either since.",
    example: Pair::new(
        "package maps.geo @ 1.0.0;\nevent place.found { id: uuid }",
        "package maps.geo @ 1.0.0;\n\
         event place.found { id: uuid }\n\
         package maps.geo @ 2.0.0;\n\
         event place.found { id: string }",
    ),
    fix: "give the event of {new} another name, or another routing key with `@wire`",
    migration: "Name events of the new major otherwise, such as `{name}.v2`, and let its producers \
                emit both until the last consumer of the old one is gone.",
    consequence: Consequence::Event {
        old_consumer: Effect::Breaks,
        new_consumer: Effect::Breaks,
        step: NEW_EVENT,
    },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Majors(check),
};

fn check(packages: Pair<&Package>, sink: &mut Sink<'_, '_>) {
    let side = sink.scope().sides.new;
    let events =
        packages.map(|package| package.events.iter().map(|id| side.schema.event(*id)).collect::<Vec<_>>());
    for events in Matching::by_wire_of(events.old, events.new).pairs {
        if let Some(change) = first_break(side, events) {
            let versions = packages.map(|package| package.version.value.to_string());
            sink.declaration(&events.new.meta.name.value, change.spans, versions);
        }
    }
}
