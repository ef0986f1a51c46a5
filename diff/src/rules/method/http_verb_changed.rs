//! A method has another verb in the HTTP gateway.

use lymph_idl::model::Method;

use crate::effect::{Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "http-verb-changed",
    summary: "a method has another verb in the HTTP gateway",
    message: "`{name}` was `{old}` and is now `{new}`",
    notes: Pair::new("{old}", "{new}"),
    because: "each asks with a verb that the other does not take",
    explanation: "A gateway answers another verb at a path that it knows with 405. The verb also says \
                  whether proxies may store or repeat the answer, and where parameters are that do not \
                  stand in the path.",
    example: Pair::new(
        "interface Geo { @http(GET, \"/places\") rpc find(); }",
        "interface Geo { @http(POST, \"/places\") rpc find(); }",
    ),
    fix: "restore the verb",
    migration: "Add a method with the new verb under a new name, and drop the old one with the next \
                major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.http.as_ref())
        && old.verb != new.verb
    {
        sink.here(Pair::new(&*old.verb, &*new.verb));
    }
}
