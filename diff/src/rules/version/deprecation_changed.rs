//! A deprecation says something else.

use lymph_idl::model::Meta;

use crate::effect::{Effect, PATCH};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "deprecation-changed",
    summary: "a deprecation says something else",
    message: "the deprecation of `{name}` says something else",
    notes: Pair::new("", ""),
    because: "",
    explanation: "What was deprecated stays so; the version or the advice that goes with it differs. Neither travels.",
    example: Pair::new(
        "struct Page { @deprecated(1.0, \"use more\") limit: u16? }",
        "struct Page { @deprecated(1.0, \"use less\") limit: u16? }",
    ),
    fix: "nothing has to be done",
    migration: "A patch release carries it to compilers' warnings.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = metas.map(|meta| meta.deprecated.as_ref())
        && old != new
    {
        sink.here(Pair::new("", ""));
    }
}
