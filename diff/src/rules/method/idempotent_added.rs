//! A method may now be sent twice.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "idempotent-added",
    summary: "a method became idempotent",
    message: "`{name}` is now `@idempotent`",
    notes: Pair::new("must run once", "callers send it again when no answer comes"),
    because: "an old server may not bear the repetition",
    explanation: "Callers of an idempotent method try another instance when they do not know whether \
                  the handler ran. Old callers do not. New callers do it at old servers too, whose \
                  handlers may not be made for it.",
    example: Pair::new(
        "interface Geo { rpc store(place: string); }",
        "interface Geo { @idempotent rpc store(place: string); }",
    ),
    fix: "deploy servers before callers",
    migration: "Make every handler bear repetition and deploy it, then rebuild callers.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Lossy, step: MINOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Rpc, MethodKind::Rpc)
        && methods.map(|method| method.idempotent) == Pair::new(false, true)
    {
        sink.here(Pair::new("", ""));
    }
}
