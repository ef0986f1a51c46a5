//! Something is marked to be left.

use lymph_idl::model::Meta;

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "deprecated-added",
    summary: "something became deprecated",
    message: "`{name}` is now deprecated",
    notes: Pair::new("", "deprecated"),
    because: "",
    explanation: "Nothing changes on the wire. Who uses it is warned when their code is compiled \
                  against the new schema; where warnings are errors, their build stops.",
    example: Pair::new(
        "interface Geo { rpc find(); }",
        "interface Geo { @deprecated(1.1, \"use `locate`\") rpc find(); }",
    ),
    fix: "nothing has to be done",
    migration: "Say what to use instead, and keep it until the next major.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    if metas.map(|meta| meta.deprecated.is_some()) == Pair::new(false, true) {
        sink.here(Pair::new("", ""));
    }
}
