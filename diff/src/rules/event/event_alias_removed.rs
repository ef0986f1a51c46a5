//! An event is no longer emitted or heard under a former name.

use lymph_idl::model::Event;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::renames::aliases_left_behind;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-alias-removed",
    summary: "an event is no longer emitted or heard under a former name",
    message: "`{name}` is no longer emitted or heard as `{old}`",
    notes: Pair::new("others still know it as `{old}`", ""),
    because: "those from before the rename use `{old}`",
    explanation: "Consumers from before the rename bind the former name alone and hear nothing from \
                  new producers. Producers from before it emit the former name alone, which new \
                  consumers no longer bind. Nobody is told.",
    example: Pair::new(
        "package example @ 1.4.0;\n@was(\"place.seen\") event place.located { id: uuid }",
        "package example @ 2.0.0;\nevent place.located { id: uuid }",
    ),
    fix: "restore `@was(\"{old}\")`",
    migration: "Keep aliases for as long as the major lives. The next major starts without them.",
    consequence: Consequence::Event { old_consumer: Effect::Lossy, new_consumer: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Event(check),
};

fn check(events: &Pair<&Event>, sink: &mut Sink<'_, '_>) {
    for alias in aliases_left_behind(sink.scope(), events.map(|event| &event.meta)) {
        sink.here(Pair::new(alias, ""));
    }
}
