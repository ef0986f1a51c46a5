//! The former names of an interface are others.

use lymph_idl::model::Interface;

use crate::effect::{Effect, PATCH};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::renames::{aliases_added, aliases_left_behind, is_renamed};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "interface-alias-changed",
    summary: "an interface's list of former names changed",
    message: "the former names of `{name}` changed",
    notes: Pair::new("", ""),
    because: "",
    explanation: "An interface registers under its present name alone. Its `@was` lines are history \
                  for readers and tools; adding or dropping one changes nothing that travels.",
    example: Pair::new(
        "interface Places { rpc locate(); }",
        "@was(\"Geo\")\ninterface Places { rpc locate(); }",
    ),
    fix: "nothing has to be done",
    migration: "A patch release carries it; callers of a former name need an interface of that name.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, _: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    let metas = interfaces.map(|interface| &interface.meta);
    if is_renamed(metas) {
        return;
    }
    let has_lost = !aliases_left_behind(sink.scope(), metas).is_empty();
    if has_lost || aliases_added(metas).next().is_some() {
        sink.here(metas.map(|meta| meta.was.iter().map(|was| &*was.value).collect::<Vec<_>>().join(", ")));
    }
}
