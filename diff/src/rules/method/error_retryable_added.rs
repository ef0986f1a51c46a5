//! An error says that one may try again.

use lymph_idl::model::ErrorDef;

use crate::effect::{Effect, MINOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "error-retryable-added",
    summary: "an error became retryable",
    message: "`{name}` is now `@retryable`",
    notes: Pair::new("", "callers may try again"),
    because: "an old server did not mean them to try again",
    explanation: "Whether an error may be retried is in the caller's code, from the schema that it was \
                  built with. Old callers give up as before. New callers also repeat what an old \
                  server refused for good: that costs time and load, and is wrong where old servers \
                  had done half of the work.",
    example: Pair::new(
        "interface Geo { rpc find() raises Busy; }\nerror Busy {}",
        "interface Geo { rpc find() raises Busy; }\n@retryable error Busy {}",
    ),
    fix: "deploy servers before callers",
    migration: "See that whatever raises the error has undone its work, on every server, before \
                callers are rebuilt.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Lossy, step: MINOR },
    edits: &[],
    check: Check::Error(check),
};

fn check(errors: &Pair<&ErrorDef>, sink: &mut Sink<'_, '_>) {
    if errors.map(|error| error.retryable) == Pair::new(false, true) {
        sink.here(Pair::new("", ""));
    }
}
