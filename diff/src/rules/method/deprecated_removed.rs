//! Something is no longer marked to be left.

use lymph_idl::model::Meta;

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "deprecated-removed",
    summary: "something is no longer deprecated",
    message: "`{name}` is no longer deprecated",
    notes: Pair::new("deprecated", ""),
    because: "",
    explanation: "Nothing changes on the wire. Who uses it is no longer warned.",
    example: Pair::new(
        "interface Geo { @deprecated(1.0, \"use `locate`\") rpc find(); }",
        "interface Geo { rpc find(); }",
    ),
    fix: "nothing has to be done",
    migration: "Say in the changelog that it stays: some have left it already.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    if metas.map(|meta| meta.deprecated.is_some()) == Pair::new(true, false) {
        sink.here(Pair::new("", ""));
    }
}
