//! Nobody waits for a method any more.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-became-oneway",
    summary: "an `rpc` became `oneway`",
    message: "`{name}` was an `rpc` and is now `oneway`",
    notes: Pair::new("callers wait for the answer", "nobody waits"),
    because: "failures reach nobody",
    explanation: "A server answers a oneway call as it does any other, with nothing in it, when its \
                  handler is done. So an old caller that expects nothing still gets its answer, but \
                  never again a declared error: a handler that fails is told as NACK. New callers do \
                  not wait, whatever the server says.\n\n A result that goes with it is told beside \
                  this.",
    example: Pair::new(
        "interface Geo { rpc touch(place: string); }",
        "interface Geo { oneway touch(place: string); }",
    ),
    fix: "keep the `rpc`; a caller that does not want to wait calls it with `.notify()`",
    migration: "Waiting is the caller's choice: `.notify()` sends an `rpc` and waits for no reply. To \
                promise less, add a oneway method under a new name and deprecate this one.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Fine, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Oneway) {
        sink.here(Pair::new("rpc", "oneway"));
    }
}
