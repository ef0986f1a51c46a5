//! A method has a place in the HTTP gateway.

use lymph_idl::model::Method;

use crate::effect::{Effect, MINOR};
use crate::http::place;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "http-mapping-added",
    summary: "a method has a place in the HTTP gateway",
    message: "`{name}` is now at `{new}`",
    notes: Pair::new("", "added"),
    because: "an old gateway has nothing there",
    explanation: "Nothing changes for callers that know the interface. HTTP clients find the method \
                  where a gateway was built from the new schema, and get 404 from an old one: they ask \
                  no discovery that would keep them from it.",
    example: Pair::new(
        "interface Geo { rpc find(); }",
        "interface Geo { @http(GET, \"/places\") rpc find(); }",
    ),
    fix: "deploy gateways before HTTP clients",
    migration: "Nothing can go wrong for those who are there; publish the path when all gateways have it.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Breaks, step: MINOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: None, new: Some(new) } = methods.map(|method| method.http.as_ref()) {
        sink.here(Pair::new(String::new(), place(new)));
    }
}
