//! A parameter moved into the path of the HTTP gateway or out of it.

use lymph_idl::model::Method;

use crate::effect::{Effect, MAJOR};
use crate::http::param_moved;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "http-param-moved",
    summary: "a parameter moved into or out of the path",
    message: "other parameters of `{name}` stand in its path: `{old}` became `{new}`",
    notes: Pair::new("{old}", "{new}"),
    because: "each puts a parameter where the other does not look",
    explanation: "A parameter stands in the path, or where the verb puts the others. Who moves it \
                  changes the path and what a client has to send: an old client's request is another \
                  path to a new gateway, or lacks the parameter.",
    example: Pair::new(
        "interface Geo { @http(GET, \"/places\") rpc find(city: string); }",
        "interface Geo { @http(GET, \"/places/{city}\") rpc find(city: string); }",
    ),
    fix: "restore the path",
    migration: "Add a method with the new path under a new name, and drop the old one with the next \
                major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.http.as_ref())
        && param_moved(methods, Pair::new(old, new))
    {
        sink.here(Pair::new(&*old.path, &*new.path));
    }
}
