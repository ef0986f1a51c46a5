//! A method that returned something or nil returns nothing.

use lymph_idl::model::Method;

use crate::answer::results;
use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "optional-result-removed",
    summary: "a method returns nothing where it returned something optional",
    message: "`{name}` no longer returns `{old}`",
    notes: Pair::new("may be nil", "returns nothing"),
    because: "they read nil, always",
    explanation: "Old callers read the empty answer of a new server as nil and go on as if there were \
                  none, whatever the handler found. New callers drop what old servers answer.",
    example: Pair::new(
        "interface Geo { rpc touch(place: string) -> u32?; }",
        "interface Geo { rpc touch(place: string); }",
    ),
    fix: "keep returning `{old}`",
    migration: "Keep the result and deprecate the method in favour of one without, under a new name; \
                remove it with the next major.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Fine, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(Pair { old: Some(result), new: None }) = results(*methods)
        && sink.scope().old_value(result).may_be_nil()
    {
        let spans = Pair::new(Some(result.span), None);
        sink.part_of(Part::Result, spans, Pair::new(&*sink.scope().old_value(result).text(), ""));
    }
}
