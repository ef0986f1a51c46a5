//! A method no longer declares an error.

use lymph_idl::model::Method;

use crate::answer::{errors, raise};
use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "raises-removed",
    summary: "a method no longer declares an error",
    message: "`{name}` is no longer an error of the method",
    notes: Pair::new("callers handle it", ""),
    because: "they no longer know `{name}`, which old servers still raise",
    explanation: "Old callers handle an error that no longer comes; what failed with it now succeeds \
                  or fails otherwise, which they could not foresee. New callers get it from old \
                  servers as `Unknown`.\n\n A server that still returns the error no longer compiles, \
                  and code that matches on it neither.",
    example: Pair::new(
        "interface Geo { rpc find() raises NotFound, Busy; }\nerror NotFound {}\nerror Busy {}",
        "interface Geo { rpc find() raises NotFound; }\nerror NotFound {}\nerror Busy {}",
    ),
    fix: "restore it and mark the error `@deprecated`",
    migration: "Stop raising it and say so in the docs; take it from the list with the next major.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Lossy, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let Some(errors) = errors(sink.scope().schemas, *methods) else { return };
    for error in errors.removed {
        let spans = Pair::new(Some(raise(methods.old, error).span), None);
        sink.part_of(Part::Raises(&error.meta.name.value), spans, Pair::new("", ""));
    }
}
