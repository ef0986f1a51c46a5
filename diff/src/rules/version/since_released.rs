//! What waited for a release has its version.

use lymph_idl::model::{Meta, Since};

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::since;
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "since-released",
    summary: "what waited for a release has its version",
    message: "`{name}` waited for a release and came with {new}",
    notes: Pair::new("not released", "released"),
    because: "",
    explanation: "`@since(next)` stands for the version that is not out yet. The release puts its number in its place.",
    example: Pair::new(
        "struct Page { limit: u16, @since(next) offset: u16? }",
        "struct Page { limit: u16, @since(1.1) offset: u16? }",
    ),
    fix: "nothing has to be done",
    migration: "`lymph-idl release` does this for every member.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    let sinces = metas.map(|meta| meta.since.as_ref().map(|since| since.value));
    if sinces.differs() && sinces.old == Some(Since::Next) {
        sink.here(sinces.map(since::text));
    }
}
