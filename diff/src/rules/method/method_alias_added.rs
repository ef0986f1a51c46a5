//! Servers answer to one more name of a method.

use lymph_idl::model::Method;

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::renames::aliases_added;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-alias-added",
    summary: "a method is understood under one more name",
    message: "`{name}` is also understood as `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Servers look methods up by their names and former names. Callers send the present \
                  name alone, so nobody notices until somebody sends the other one.",
    example: Pair::new("interface Geo { rpc find(); }", "interface Geo { @was(\"search\") rpc find(); }"),
    fix: "nothing has to be done",
    migration: "An alias can be added at any time; dropping it needs the next major.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let metas = methods.map(|method| &method.meta);
    for alias in aliases_added(metas).filter(|alias| *alias != metas.old.wire) {
        sink.here(Pair::new("", alias));
    }
}
