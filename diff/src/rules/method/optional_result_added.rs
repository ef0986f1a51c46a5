//! A method that returned nothing returns something that may be nil.

use lymph_idl::model::Method;

use crate::answer::results;
use crate::effect::{Edit, Effect, MINOR};
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "optional-result-added",
    summary: "a method returns something optional where it returned nothing",
    message: "`{name}` now returns `{new}`",
    notes: Pair::new("returns nothing", "may be nil"),
    because: "",
    explanation: "Old callers take whatever comes and drop it. New callers read the nothing of an old \
                  server as nil.",
    example: Pair::new(
        "interface Geo { rpc touch(place: string); }",
        "interface Geo { rpc touch(place: string) -> u32?; }",
    ),
    fix: "nothing has to be done",
    migration: "This is the safe way to give a method a result: callers know that there may be none.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Some(Pair { old: None, new: Some(result) }) = results(*methods)
        && sink.scope().new_value(result).may_be_nil()
    {
        let spans = Pair::new(None, Some(result.span));
        sink.part_of(Part::Result, spans, Pair::new("", &*sink.scope().new_value(result).text()));
    }
}
