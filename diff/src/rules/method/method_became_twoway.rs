//! Somebody waits for a method that nobody waited for.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Edit, Effect, MINOR_WARN};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-became-twoway",
    summary: "a `oneway` became an `rpc`",
    message: "`{name}` was `oneway` and is now an `rpc`",
    notes: Pair::new("nobody waits", "callers wait for the answer"),
    because: "an old server has no errors to declare",
    explanation: "Old callers send as before and drop the answer. New callers wait at an old server \
                  until its handler is done and are then answered with nothing; that is enough for a \
                  method without a result, but a failure comes as NACK, never as one of the errors \
                  that are declared now.\n\n A result that comes with it is told beside this: an old \
                  server has none to give.",
    example: Pair::new(
        "interface Geo { oneway touch(place: string); }",
        "interface Geo { rpc touch(place: string); }",
    ),
    fix: "deploy servers before callers",
    migration: "Deploy servers before the callers that wait. To give it a result or errors that \
                callers rely on, add a method under a new name, marked `@since(next)`.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Lossy, step: MINOR_WARN },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Oneway, MethodKind::Rpc) {
        sink.here(Pair::new("oneway", "rpc"));
    }
}
