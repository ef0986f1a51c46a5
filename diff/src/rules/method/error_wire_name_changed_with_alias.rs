//! An error travels under another name, and new callers know the old one too.

use lymph_idl::model::TypeDef;

use crate::answer::is_error;
use crate::effect::{Edit, Effect, MINOR_WARN};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "error-wire-name-changed-with-alias",
    summary: "an error travels under another name and is understood under both",
    message: "error `{old}` travels as `{new}`, and is read under both names",
    notes: Pair::new("callers know this name", "read under both names"),
    because: "they do not know the new name and get `Unknown`",
    explanation: "New callers read the error under its former name, which old servers send. New \
                  servers send the new name alone, and old callers get that as `Unknown`: the code \
                  that handles the error does not run.",
    example: Pair::new(
        "interface Geo { rpc find() raises NotFound; }\nerror NotFound { place: string }",
        "interface Geo { rpc find() raises Missing; }\n\
         @was(\"NotFound\") error Missing { place: string }",
    ),
    fix: "keep the name on the wire with `@wire(\"{old}\")`",
    migration: "Deploy callers before servers. To have another name in code only, write `@wire` with \
                the old one.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Fine, step: MINOR_WARN },
    edits: &[Edit::Server, Edit::Client],
    check: Check::TypeDef(check),
};

fn check(types: &Pair<&TypeDef>, sink: &mut Sink<'_, '_>) {
    let metas = types.map(|ty| &ty.meta);
    if is_error(types) && is_renamed(metas) && keeps_former_name(metas) {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
