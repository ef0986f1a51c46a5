//! An event has another name in code and its old routing key.

use lymph_idl::model::Event;

use crate::effect::{Edit, Effect, MINOR};
use crate::pair::Pair;
use crate::renames::is_renamed_in_code;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-name-changed-with-wire-name",
    summary: "an event has another name in code, not on the wire",
    message: "event `{old}` is now `{new}` in code",
    notes: Pair::new("", "travels under the old name"),
    because: "",
    explanation: "`@wire` keeps the routing key, so old and new hear each other as before. Only the \
                  generated type is called otherwise.",
    example: Pair::new(
        "event place.found { id: uuid }",
        "@wire(\"place.found\") event place.located { id: uuid }",
    ),
    fix: "nothing has to be done",
    migration: "This is the safe way to rename: code changes when it is rebuilt, the wire never.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer, Edit::Producer],
    check: Check::Event(check),
};

fn check(events: &Pair<&Event>, sink: &mut Sink<'_, '_>) {
    let metas = events.map(|event| &event.meta);
    if is_renamed_in_code(metas) {
        sink.here(metas.map(|meta| &*meta.name.value));
    }
}
