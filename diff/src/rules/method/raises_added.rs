//! A method may fail with one more declared error.

use lymph_idl::model::Method;

use crate::answer::{errors, raise};
use crate::effect::{Edit, Effect, MINOR_WARN};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "raises-added",
    summary: "a method declares one more error",
    message: "`{name}` is a new error of the method",
    notes: Pair::new("", "added"),
    because: "they do not know `{name}`",
    explanation: "Old callers get an error that they do not know as `Unknown`, with its name, message \
                  and data. Who matches on the errors has an arm for that, but what the arm does was \
                  written for no error in particular, and nobody knows whether it may be retried.",
    example: Pair::new(
        "interface Geo { rpc find() raises NotFound; }\nerror NotFound {}\nerror Busy {}",
        "interface Geo { rpc find() raises NotFound, @since(1.1) Busy; }\n\
         error NotFound {}\n\
         error Busy {}",
    ),
    fix: "mark it `@since(next)`, and look at what callers do with unknown errors",
    migration: "Raise it only for what callers did not ask for before, such as a new parameter. For \
                what failed with another error so far, go on raising that one.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Fine, step: MINOR_WARN },
    edits: &[Edit::Server],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let Some(errors) = errors(sink.scope().schemas, *methods) else { return };
    for error in errors.added {
        let spans = Pair::new(None, Some(raise(methods.new, error).span));
        sink.part_of(Part::Raises(&error.meta.name.value), spans, Pair::new("", ""));
    }
}
