//! A method has no place in the HTTP gateway any more.

use lymph_idl::model::Method;

use crate::effect::{Effect, MAJOR};
use crate::http::place;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "http-mapping-removed",
    summary: "a method has no place in the HTTP gateway any more",
    message: "`{name}` is no longer at `{old}`",
    notes: Pair::new("HTTP clients ask here", ""),
    because: "HTTP clients get 404",
    explanation: "Nothing changes for callers that know the interface. HTTP clients ask for a path \
                  that no new gateway has.",
    example: Pair::new(
        "interface Geo { @http(GET, \"/places\") rpc find(); }",
        "interface Geo { rpc find(); }",
    ),
    fix: "restore the mapping and mark the method `@deprecated`",
    migration: "Deprecate the method, watch the path until nobody asks for it, and remove the mapping \
                with the next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Fine, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: None } = methods.map(|method| method.http.as_ref()) {
        sink.here(Pair::new(place(old), String::new()));
    }
}
