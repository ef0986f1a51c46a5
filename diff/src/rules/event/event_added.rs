//! A package declares an event more.

use crate::effect::{Effect, MINOR};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-added",
    summary: "an event is new",
    message: "event `{name}` is new",
    notes: Pair::new("", "added"),
    because: "old producers do not emit it",
    explanation: "Nobody hears an event that has no handler, so nothing changes for those who are \
                  there. A handler of the event hears nothing until a producer is new enough to emit \
                  it.",
    example: Pair::new(
        "event place.found { id: uuid }",
        "event place.found { id: uuid }\nevent place.lost { id: uuid, why: string }",
    ),
    fix: "nothing has to be done; mark it `@since(next)`",
    migration: "Deploy consumers before producers when no event may be missed: a queue keeps what \
                comes after it was declared.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Lossy, step: MINOR },
    edits: &[],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for event in &members.events.added {
        let name = &event.meta.name.value;
        sink.declaration(name, Pair::new(None, Some(event.meta.span)), Pair::new("", ""));
    }
}
