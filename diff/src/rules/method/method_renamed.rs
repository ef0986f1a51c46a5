//! A method has another name on the wire and forgot its old one.

use lymph_idl::model::Method;

use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-renamed",
    summary: "a method has another name on the wire",
    message: "method `{old}` is now `{new}`",
    notes: Pair::new("callers send this name", "servers know this one only"),
    because: "each side calls by a name that the other does not know",
    explanation: "A method travels as `Interface.method`. A server answers a name that it does not \
                  know with NACK, old callers at new servers just as new callers at old ones.",
    example: Pair::new(
        "interface Geo { rpc locate(place: string) -> string; }",
        "interface Geo { rpc find(place: string) -> string; }",
    ),
    fix: "add `@was(\"{old}\")`, or keep the name with `@wire(\"{old}\")`",
    migration: "With `@wire` the method has another name in code only. With `@was` servers answer to both \
                names: deploy them before the first caller that uses the new one, and drop the alias with the \
                next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let metas = methods.map(|method| &method.meta);
    if is_renamed(metas) && !keeps_former_name(metas) {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
