//! An error travels under another name.

use lymph_idl::model::TypeDef;

use crate::answer::is_error;
use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "error-wire-name-changed",
    summary: "an error travels under another name",
    message: "error `{old}` travels as `{new}`",
    notes: Pair::new("callers know this name", "servers send this one"),
    because: "they do not know the name and get `Unknown`",
    explanation: "An error is known by the name in its reply. Under another one it is an error that \
                  the caller does not declare: it comes as `Unknown`, and the code that handles it \
                  does not run. Python's peers send the name of the class, so theirs changes with it.",
    example: Pair::new(
        "interface Geo { rpc find() raises NotFound; }\nerror NotFound { place: string }",
        "interface Geo { rpc find() raises NotFound; }\n\
         @wire(\"missing\") error NotFound { place: string }",
    ),
    fix: "add `@was(\"{old}\")`, or keep the name with `@wire(\"{old}\")`",
    migration: "With `@wire` the error has another name in code only. With `@was` new callers \
                understand both names; deploy them before the servers that send the new one.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Lossy, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::TypeDef(check),
};

fn check(types: &Pair<&TypeDef>, sink: &mut Sink<'_, '_>) {
    let metas = types.map(|ty| &ty.meta);
    if is_error(types) && is_renamed(metas) && !keeps_former_name(metas) {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
