//! Something that might change can now be relied on.

use lymph_idl::model::Meta;

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "stability-raised",
    summary: "something became stable",
    message: "`{name}` is no longer `@unstable`",
    notes: Pair::new("may change without a new major", "stable"),
    because: "",
    explanation: "Nothing changes on the wire. From here on it changes as the rules for everything \
                  else allow.",
    example: Pair::new("interface Geo { @unstable rpc find(); }", "interface Geo { rpc find(); }"),
    fix: "nothing has to be done",
    migration: "Look once more at names and types before you promise them: from now on they stay for \
                the whole major.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    if metas.map(|meta| meta.unstable) == Pair::new(true, false) {
        sink.here(Pair::new("", ""));
    }
}
