//! An event that somebody may wait for is gone.

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-removed",
    summary: "an event is gone",
    message: "event `{name}` was removed",
    notes: Pair::new("consumers may wait for it", ""),
    because: "nobody emits it any more, and nobody says so",
    explanation: "Consumers of the old schema keep their queues and hear nothing: no error tells them.",
    example: Pair::new(
        "event place.found { id: uuid }\nevent place.lost { id: uuid, why: string }",
        "event place.found { id: uuid }",
    ),
    fix: "restore it and mark it `@deprecated`",
    migration: "Deprecate it, move its consumers, and remove it with the next major.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Fine, step: MAJOR },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for event in &members.events.removed {
        let name = &event.meta.name.value;
        sink.declaration(name, Pair::new(Some(event.meta.span), None), Pair::new("", ""));
    }
}
