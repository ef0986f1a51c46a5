//! A method answers with another status in the HTTP gateway.

use lymph_idl::model::Method;

use crate::effect::{Effect, MAJOR};
use crate::http::status;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "http-status-changed",
    summary: "a method answers HTTP clients with another status",
    message: "`{name}` answered with {old} and now answers with {new}",
    notes: Pair::new("{old}", "{new}"),
    because: "they expect the other status",
    explanation: "The body is the same, and every status of success starts with 2. Clients that \
                  compare with one number take the other for a failure; those that look for success \
                  notice nothing.",
    example: Pair::new(
        "interface Geo { @http(POST, \"/places\") rpc add(city: string); }",
        "interface Geo { @http(POST, \"/places\", status = 201) rpc add(city: string); }",
    ),
    fix: "restore the status",
    migration: "Tell the authors of clients to accept any status of success first, and change it with \
                the next major.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.http.as_ref())
        && old.status != new.status
    {
        sink.here(Pair::new(status(old), status(new)));
    }
}
