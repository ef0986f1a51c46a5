//! Something that could be relied on may now change at any time.

use lymph_idl::model::Meta;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "stability-lowered",
    summary: "something became unstable",
    message: "`{name}` is now `@unstable`",
    notes: Pair::new("stable", "may change without a new major"),
    because: "",
    explanation: "Nothing changes on the wire today. But who built on it was promised a new major \
                  before it breaks, and loses that promise with a version that answers them as before.",
    example: Pair::new("interface Geo { rpc find(); }", "interface Geo { @unstable rpc find(); }"),
    fix: "drop `@unstable`",
    migration: "Deprecate it, and add what may change under a new name marked `@unstable`.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MAJOR },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    if metas.map(|meta| meta.unstable) == Pair::new(false, true) {
        sink.here(Pair::new("", ""));
    }
}
