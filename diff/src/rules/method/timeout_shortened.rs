//! Callers wait less long than before.

use lymph_idl::model::Method;

use crate::answer::timeouts;
use crate::effect::{Effect, MINOR_WARN};
use crate::literal::duration;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "timeout-shortened",
    summary: "the default deadline of a method is shorter",
    message: "callers of `{name}` wait {new} instead of {old}",
    notes: Pair::new("{old}", "{new}"),
    because: "an old server may need longer",
    explanation: "The deadline is the caller's: it is built in from the caller's schema, and travels \
                  with each call. Old callers go on waiting as long as they did. New callers give up \
                  earlier, also at old servers, and do not know then whether the handler ran. Without \
                  `@timeout` callers wait 3 s.",
    example: Pair::new(
        "interface Geo { @timeout(5s) rpc find(); }",
        "interface Geo { @timeout(2s) rpc find(); }",
    ),
    fix: "look at how long old servers take",
    migration: "Make servers faster first, everywhere; then shorten the deadline.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Lossy, step: MINOR_WARN },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(timeouts) = timeouts(*methods)
        && timeouts.new < timeouts.old
    {
        sink.here(timeouts.map(duration));
    }
}
