//! An event has another name and is emitted under the old one too.

use lymph_idl::model::Event;

use crate::effect::{Edit, Effect, MINOR};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-name-changed-with-alias",
    summary: "an event has another name on the wire and keeps the old one",
    message: "event `{old}` is now `{new}`, and emitted and heard under both",
    notes: Pair::new("", "emitted and heard under both names"),
    because: "",
    explanation: "New producers emit the event under its name and under each former one, and new \
                  consumers bind all of them. So old consumers hear new producers, and new consumers \
                  old ones. A new consumer gets what a new producer emits once for each name, with one \
                  event id.",
    example: Pair::new(
        "event place.found { id: uuid }",
        "@was(\"place.found\") event place.located { id: uuid }",
    ),
    fix: "see that handlers bear one event twice, or compare event ids",
    migration: "Deploy in any order. Handlers get an event twice while the alias stands, as they may \
                at any time: delivery is at least once. Remove the alias with the next major.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Event(check),
};

fn check(events: &Pair<&Event>, sink: &mut Sink<'_, '_>) {
    let metas = events.map(|event| &event.meta);
    if is_renamed(metas) && keeps_former_name(metas) {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
