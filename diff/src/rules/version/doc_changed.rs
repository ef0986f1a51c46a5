//! Only the documentation says something else.

use lymph_idl::model::Meta;

use crate::effect::{Effect, PATCH};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "doc-changed",
    summary: "the documentation says something else",
    message: "the documentation of `{name}` changed",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Documentation does not travel. If it now promises something else, that is for people to judge.",
    example: Pair::new("/// Old.\nstruct S {}", "/// New.\nstruct S {}"),
    fix: "nothing has to be done",
    migration: "A patch release carries it to generated documentation.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    if metas.map(|meta| &meta.docs).differs() {
        sink.here(Pair::new("", ""));
    }
}
