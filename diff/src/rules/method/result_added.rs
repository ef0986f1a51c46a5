//! A method that returned nothing returns something.

use lymph_idl::model::Method;

use crate::answer::results;
use crate::effect::{Edit, Effect, MINOR};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "result-added",
    summary: "a method returns something where it returned nothing",
    message: "`{name}` now returns `{new}`",
    notes: Pair::new("returns nothing", "must be there"),
    because: "an old server answers with nothing",
    explanation: "Old callers take whatever comes and drop it. A new caller reads nil from an old \
                  server where it needs a `{new}`: its handler has run, and the caller learns only \
                  that the reply is unreadable. No version keeps them apart, as the method is as old \
                  as it was.",
    example: Pair::new(
        "interface Geo { rpc touch(place: string); }",
        "interface Geo { rpc touch(place: string) -> u32; }",
    ),
    fix: "make it optional: `{new}?`",
    migration: "Return an optional value, which old servers leave out by answering nil; or add a \
                method under a new name marked `@since(next)`. Otherwise replace every server before \
                the first caller.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Breaks, step: MINOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(Pair { old: None, new: Some(result) }) = results(*methods)
        && !sink.scope().new_value(result).may_be_nil()
    {
        let spans = Pair::new(None, Some(result.span));
        sink.part_of(Part::Result, spans, Pair::new("", &*sink.scope().new_value(result).text()));
    }
}
