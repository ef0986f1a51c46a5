//! An event is emitted and heard under one more name.

use lymph_idl::model::Event;

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::renames::aliases_added;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-alias-added",
    summary: "an event is emitted and heard under one more name",
    message: "`{name}` is also emitted and heard as `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Producers emit the event under each of its names, and consumers bind them all. Those \
                  who know one name hear that one.",
    example: Pair::new(
        "event place.located { id: uuid }",
        "@was(\"place.seen\") event place.located { id: uuid }",
    ),
    fix: "see that handlers bear one event twice, or compare event ids",
    migration: "An alias can be added at any time; dropping it needs the next major.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Event(check),
};

fn check(events: &Pair<&Event>, sink: &mut Sink<'_, '_>) {
    let metas = events.map(|event| &event.meta);
    for alias in aliases_added(metas).filter(|alias| *alias != metas.old.wire) {
        sink.here(Pair::new("", alias));
    }
}
