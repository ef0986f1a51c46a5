//! A method has another path in the HTTP gateway.

use lymph_idl::model::Method;

use crate::effect::{Effect, MAJOR};
use crate::http::path_changed;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "http-path-changed",
    summary: "a method has another path in the HTTP gateway",
    message: "`{name}` was at `{old}` and is now at `{new}`",
    notes: Pair::new("HTTP clients ask here", "gateways answer here"),
    because: "each asks for a path that the other does not have",
    explanation: "HTTP clients know the path and nothing else: an old one gets 404 from a new gateway, \
                  a new one from an old gateway. Callers that know the interface notice nothing.",
    example: Pair::new(
        "interface Geo { @http(GET, \"/places\") rpc find(); }",
        "interface Geo { @http(GET, \"/locations\") rpc find(); }",
    ),
    fix: "restore the path",
    migration: "Add a method with the new path that does the same, or let a proxy send the old path \
                on; drop the old path with the next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.http.as_ref())
        && path_changed(methods, Pair::new(old, new))
    {
        sink.here(Pair::new(&*old.path, &*new.path));
    }
}
