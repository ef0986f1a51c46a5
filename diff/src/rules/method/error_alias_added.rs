//! Callers understand one more name of an error.

use lymph_idl::model::TypeDef;

use crate::answer::is_error;
use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::renames::aliases_added;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "error-alias-added",
    summary: "an error is understood under one more name",
    message: "`{name}` is also understood as `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Callers read the error under its names and former names; servers send the present \
                  one alone.",
    example: Pair::new(
        "interface Geo { rpc find() raises Missing; }\nerror Missing {}",
        "interface Geo { rpc find() raises Missing; }\n@was(\"Gone\") error Missing {}",
    ),
    fix: "nothing has to be done",
    migration: "An alias can be added at any time; dropping it needs the next major.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::TypeDef(check),
};

fn check(types: &Pair<&TypeDef>, sink: &mut Sink<'_, '_>) {
    let metas = types.map(|ty| &ty.meta);
    if is_error(types) {
        for alias in aliases_added(metas).filter(|alias| *alias != metas.old.wire) {
            sink.here(Pair::new("", alias));
        }
    }
}
