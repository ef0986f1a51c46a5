//! A deadline is written down that was the default, or no longer.

use lymph_idl::model::Method;

use crate::answer::timeouts;
use crate::effect::{Effect, PATCH};
use crate::literal::duration;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "timeout-written-out",
    summary: "the deadline of a method is written out, or no longer",
    message: "the deadline of `{name}` is {new}, as before",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Without `@timeout` callers wait 3 s. Writing that down, or no longer, changes \
                  nothing for anybody.",
    example: Pair::new("interface Geo { rpc find(); }", "interface Geo { @timeout(3s) rpc find(); }"),
    fix: "nothing has to be done",
    migration: "A patch release carries it.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(timeouts) = timeouts(*methods)
        && !timeouts.differs()
        && methods.map(|method| method.timeout).differs()
    {
        sink.here(timeouts.map(duration));
    }
}
