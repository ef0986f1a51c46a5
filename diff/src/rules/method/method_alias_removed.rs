//! Servers no longer answer to a former name of a method.

use lymph_idl::model::Method;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::renames::aliases_left_behind;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-alias-removed",
    summary: "a method is no longer understood under a former name",
    message: "`{name}` is no longer understood as `{old}`",
    notes: Pair::new("callers of older versions send `{old}`", ""),
    because: "callers from before the rename still send `{old}`",
    explanation: "Whoever was built before the rename knows the method by its former name alone, and \
                  asks for a version that this server answers. The server has no such method any more \
                  and answers with NACK.",
    example: Pair::new(
        "package example @ 1.4.0;\ninterface Geo { @was(\"search\") rpc find(); }",
        "package example @ 2.0.0;\ninterface Geo { rpc find(); }",
    ),
    fix: "restore `@was(\"{old}\")`",
    migration: "Keep aliases for as long as the major lives: its oldest caller may still come. The \
                next major starts without them.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Fine, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    for alias in aliases_left_behind(sink.scope(), methods.map(|method| &method.meta)) {
        sink.here(Pair::new(alias, ""));
    }
}
