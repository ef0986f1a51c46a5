//! A method has another name in code and its old one on the wire.

use lymph_idl::model::Method;

use crate::effect::{Edit, Effect, MINOR};
use crate::pair::Pair;
use crate::renames::is_renamed_in_code;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-renamed-with-wire-name",
    summary: "a method has another name in code, not on the wire",
    message: "method `{old}` is now `{new}` in code",
    notes: Pair::new("", "travels under the old name"),
    because: "",
    explanation: "`@wire` keeps the name that travels, so old and new call each other as before. Only \
                  the generated functions are called otherwise.",
    example: Pair::new("interface Geo { rpc locate(); }", "interface Geo { @wire(\"locate\") rpc find(); }"),
    fix: "nothing has to be done",
    migration: "This is the safe way to rename: code changes when it is rebuilt, the wire never.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let metas = methods.map(|method| &method.meta);
    if is_renamed_in_code(metas) {
        sink.here(metas.map(|meta| &*meta.name.value));
    }
}
