//! The errors of a method stand in another order.

use lymph_idl::model::{Method, Raise, TypeDef};

use crate::answer::errors;
use crate::effect::{Effect, PATCH};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "raises-reordered",
    summary: "a method's errors stand in another order",
    message: "the errors of `{name}` stand in another order",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Errors travel by name. The order shows in docs and in the variants of the generated \
                  enum, whose order means nothing.",
    example: Pair::new(
        "interface Geo { rpc find() raises NotFound, Busy; }\nerror NotFound {}\nerror Busy {}",
        "interface Geo { rpc find() raises Busy, NotFound; }\nerror NotFound {}\nerror Busy {}",
    ),
    fix: "nothing has to be done",
    migration: "A patch release carries it.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let Some(errors) = errors(sink.scope().schemas, *methods) else { return };
    let place = |raises: &[Raise], error: &TypeDef| raises.iter().position(|raise| raise.error == error.id);
    let mut places: Vec<_> = errors
        .pairs
        .iter()
        .map(|errors| (place(&methods.new.raises, errors.new), place(&methods.old.raises, errors.old)))
        .collect();
    places.sort_unstable();
    if !places.is_sorted_by_key(|(_, old)| *old) {
        sink.here(Pair::new("", ""));
    }
}
