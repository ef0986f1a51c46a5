//! A method is no longer offered beyond the cluster.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "internal-added",
    summary: "a method is no longer offered beyond the cluster",
    message: "`{name}` is now `@internal`",
    notes: Pair::new("offered to all", "offered inside the cluster"),
    because: "callers beyond the cluster no longer reach it",
    explanation: "Callers inside the cluster notice nothing. A gateway no longer offers the method, so \
                  whoever comes through one is refused, and it is missing from published docs.",
    example: Pair::new("interface Geo { rpc find(); }", "interface Geo { @internal rpc find(); }"),
    fix: "drop `@internal`, and deprecate the method first",
    migration: "Deprecate it, watch until nobody calls it from outside, and make it internal with the \
                next major.",
    consequence: Consequence::Call { old_client: Effect::BreaksSome, new_client: Effect::Fine, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Rpc)
        && methods.map(|method| method.internal) == Pair::new(false, true)
    {
        sink.here(Pair::new("", ""));
    }
}
