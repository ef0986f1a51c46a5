//! Callers no longer understand a former name of an error.

use lymph_idl::model::TypeDef;

use crate::answer::is_error;
use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::renames::aliases_left_behind;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "error-alias-removed",
    summary: "an error is no longer understood under a former name",
    message: "`{name}` is no longer understood as `{old}`",
    notes: Pair::new("servers of older versions send `{old}`", ""),
    because: "servers from before the rename still send `{old}`, which comes as `Unknown`",
    explanation: "Servers from before the rename send the former name, and callers that used the error \
                  then still match them. Such a caller, rebuilt, no longer knows the name: the code \
                  that handles the error does not run.",
    example: Pair::new(
        "package example @ 1.4.0;\ninterface Geo { rpc find() raises Missing; }\n@was(\"Gone\") error Missing {}",
        "package example @ 2.0.0;\ninterface Geo { rpc find() raises Missing; }\nerror Missing {}",
    ),
    fix: "restore `@was(\"{old}\")`",
    migration: "Keep aliases for as long as the major lives. The next major starts without them.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::TypeDef(check),
};

fn check(types: &Pair<&TypeDef>, sink: &mut Sink<'_, '_>) {
    if is_error(types) {
        for alias in aliases_left_behind(sink.scope(), types.map(|ty| &ty.meta)) {
            sink.here(Pair::new(alias, ""));
        }
    }
}
