//! What a method returned is now one field of what it returns.

use lymph_idl::model::Method;

use crate::answer::wrapping_field;
use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "result-wrapped",
    summary: "a result moved into a struct",
    message: "the result of `{name}` was `{old}` and is now inside `{new}`",
    notes: Pair::new("the whole result", "a struct that holds it"),
    because: "each side reads something other than what is sent",
    explanation: "A struct travels as a map by field names. An old caller finds a map where it reads a \
                  `{old}`, a new caller finds a `{old}` where it reads a map, and both learn only that \
                  the reply is unreadable.",
    example: Pair::new(
        "interface Geo { rpc find() -> list<string>; }",
        "interface Geo { rpc find() -> Page; }\nstruct Page { items: list<string>, next: string? }",
    ),
    fix: "keep the result, and add a method that returns `{new}`",
    migration: "Add a method under a new name marked `@since(next)` that returns the struct, and \
                deprecate this one. Methods whose result may grow start with a struct: fields can be \
                added to it.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.result.as_ref())
        && wrapping_field(sink.scope().schemas, Pair::new(old, new)).is_some()
    {
        let texts = Pair::new(sink.scope().old_value(old).text(), sink.scope().new_value(new).text());
        sink.part_of(Part::Result, Pair::new(Some(old.span), Some(new.span)), texts);
    }
}
