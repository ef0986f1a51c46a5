//! A task that fails is tried more or less often.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Effect, MINOR_WARN};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "retry-policy-changed",
    summary: "a task is tried more or less often",
    message: "`{name}` gives a task {new} more tries after the first, where it gave {old}",
    notes: Pair::new("{old} retries", "{new} retries"),
    because: "",
    explanation: "How often a failed task is tried again is in the worker that runs it. A task that \
                  waits for its next try carries what it has left, and no worker gives it more than \
                  its own schema does. So while old and new workers run side by side the smaller \
                  number holds for what goes from one to the other.",
    example: Pair::new(
        "interface Geo { @retry(3) task warm(city: string); }",
        "interface Geo { @retry(1) task warm(city: string); }",
    ),
    fix: "see that the dead-letter queue is looked after",
    migration: "Deploy workers in any order. With fewer tries, more tasks end in the dead-letter queue.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR_WARN },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let retries = methods.map(|method| method.delivery.retries);
    if methods.map(|method| method.kind) == Pair::new(MethodKind::Task, MethodKind::Task) && retries.differs()
    {
        sink.here(retries.map(|retries| retries.to_string()));
    }
}
