//! A handler gets the reply channel, or no longer.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Edit, Effect, PATCH};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "raw-changed",
    summary: "a handler gets the reply channel, or no longer",
    message: "`{name}` {new}",
    notes: Pair::new("", ""),
    because: "",
    explanation: "`@raw` is between the server's generated trait and its handler: whether the handler \
                  returns its answer or gives it to a channel in its own time. Callers see the same \
                  messages.",
    example: Pair::new(
        "interface Geo { rpc find() -> string; }",
        "interface Geo { @raw rpc find() -> string; }",
    ),
    fix: "change the handler when the server is rebuilt",
    migration: "A patch release carries it: only this service notices.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[Edit::Server],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Rpc)
        && methods.map(|method| method.raw).differs()
    {
        let says = |raw| if raw { "answers through a channel" } else { "returns its answer" };
        sink.here(methods.map(|method| says(method.raw)));
    }
}
