//! An event that fails is tried more or less often.

use lymph_idl::model::Handler;

use crate::effect::{Effect, MINOR_WARN};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "event-retry-changed",
    summary: "a handler tries an event more or less often",
    message: "`{name}` gives an event {new} more tries after the first, where it gave {old}",
    notes: Pair::new("{old} retries", "{new} retries"),
    because: "how often an event is tried depends on who gets it",
    explanation: "How often a failed event is tried again is in the instance that handles it. An event \
                  that waits for its next try carries what it has left, and no instance gives it more \
                  than its own schema does. So while both run, the smaller number holds for what goes \
                  from one to the other.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { @retry(3) on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { @retry(1) on place.found as note; }",
    ),
    fix: "see that the dead-letter queue is looked after",
    migration: "Deploy in any order. With fewer tries, more events end in the dead-letter queue; with \
                more, a bad one is handled longer.",
    consequence: Consequence::Event {
        old_consumer: Effect::Lossy,
        new_consumer: Effect::Lossy,
        step: MINOR_WARN,
    },
    edits: &[],
    check: Check::Handler(check),
};

fn check(handlers: &Pair<&Handler>, sink: &mut Sink<'_, '_>) {
    let retries = handlers.map(|handler| handler.delivery.retries);
    if retries.differs() {
        sink.here(retries.map(|retries| retries.to_string()));
    }
}
