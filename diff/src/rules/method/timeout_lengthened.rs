//! Callers wait longer than before.

use lymph_idl::model::Method;

use crate::answer::timeouts;
use crate::effect::{Effect, MINOR_WARN};
use crate::literal::duration;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "timeout-lengthened",
    summary: "the default deadline of a method is longer",
    message: "callers of `{name}` wait {new} instead of {old}",
    notes: Pair::new("{old}", "{new}"),
    because: "they give up before a slower server is done",
    explanation: "The deadline is the caller's: it is built in from the caller's schema, and travels \
                  with each call. Old callers still give up after {old}, and a server that takes its \
                  time because of the new deadline does not answer them any more. Without `@timeout` \
                  callers wait 3 s.",
    example: Pair::new(
        "interface Geo { @timeout(2s) rpc find(); }",
        "interface Geo { @timeout(5s) rpc find(); }",
    ),
    fix: "keep answering within the old deadline until callers are rebuilt",
    migration: "Rebuild callers first; let servers use the time when no old caller is left.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Fine, step: MINOR_WARN },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(timeouts) = timeouts(*methods)
        && timeouts.new > timeouts.old
    {
        sink.here(timeouts.map(duration));
    }
}
