//! A method must no longer be sent twice.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "idempotent-removed",
    summary: "a method is no longer idempotent",
    message: "`{name}` is no longer `@idempotent`",
    notes: Pair::new("callers send it again when no answer comes", "must run once"),
    because: "they send it again when no answer comes",
    explanation: "Callers of an idempotent method try another instance when they do not know whether \
                  the handler ran. Old callers keep doing so at new servers, whose handlers are no \
                  longer made for it: what should happen once happens twice, now and then, when the \
                  network is bad.",
    example: Pair::new(
        "interface Geo { @idempotent rpc store(place: string); }",
        "interface Geo { rpc store(place: string); }",
    ),
    fix: "restore `@idempotent`, and make the handler bear repetition",
    migration: "Add a method under a new name without the promise, and deprecate this one; remove it \
                with the next major.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Fine, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Rpc)
        && methods.map(|method| method.idempotent) == Pair::new(true, false)
    {
        sink.here(Pair::new("", ""));
    }
}
