//! An error no longer says that one may try again.

use lymph_idl::model::ErrorDef;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "error-retryable-removed",
    summary: "an error is no longer retryable",
    message: "`{name}` is no longer `@retryable`",
    notes: Pair::new("callers may try again", ""),
    because: "they go on trying again",
    explanation: "Whether an error may be retried is in the caller's code, from the schema that it was \
                  built with. Old callers go on repeating what fails for good now, or what must not be \
                  done twice. New callers give up where an old server meant them to come back.",
    example: Pair::new(
        "interface Geo { rpc find() raises Busy; }\n@retryable error Busy {}",
        "interface Geo { rpc find() raises Busy; }\nerror Busy {}",
    ),
    fix: "restore `@retryable`, and raise another error for what is final",
    migration: "Add an error that is not retryable, raise that one, and leave this one for what may be \
                tried again.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Error(check),
};

fn check(errors: &Pair<&ErrorDef>, sink: &mut Sink<'_, '_>) {
    if errors.map(|error| error.retryable) == Pair::new(true, false) {
        sink.here(Pair::new("", ""));
    }
}
