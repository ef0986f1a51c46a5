//! A method is offered beyond the cluster.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "internal-removed",
    summary: "a method is now offered beyond the cluster",
    message: "`{name}` is no longer `@internal`",
    notes: Pair::new("offered inside the cluster", "offered to all"),
    because: "an old gateway does not offer it",
    explanation: "Callers inside the cluster notice nothing. Callers beyond it reach the method when \
                  the gateway is built from the new schema, and are refused by an old one.",
    example: Pair::new("interface Geo { @internal rpc find(); }", "interface Geo { rpc find(); }"),
    fix: "see that the method may be called by anybody, and deploy gateways first",
    migration: "Check who may call it and with what: it was written for callers that you know.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::BreaksSome, step: MINOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Rpc)
        && methods.map(|method| method.internal) == Pair::new(true, false)
    {
        sink.here(Pair::new("", ""));
    }
}
