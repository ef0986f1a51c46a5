//! A method that returned something returns nothing.

use lymph_idl::model::Method;

use crate::answer::results;
use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "result-removed",
    summary: "a method returns nothing where it returned something",
    message: "`{name}` no longer returns `{old}`",
    notes: Pair::new("callers need it", "returns nothing"),
    because: "they need a `{old}` and get nil",
    explanation: "A new server answers with nil when its handler is done. An old caller cannot read \
                  that as a `{old}`, and learns only that the reply is unreadable, though its call was \
                  carried out. New callers drop what old servers answer.",
    example: Pair::new(
        "interface Geo { rpc touch(place: string) -> u32; }",
        "interface Geo { rpc touch(place: string); }",
    ),
    fix: "keep returning `{old}`",
    migration: "Keep the result and deprecate the method in favour of one without, under a new name; \
                remove it with the next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Fine, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(Pair { old: Some(result), new: None }) = results(*methods)
        && !sink.scope().old_value(result).may_be_nil()
    {
        let spans = Pair::new(Some(result.span), None);
        sink.part_of(Part::Result, spans, Pair::new(&*sink.scope().old_value(result).text(), ""));
    }
}
