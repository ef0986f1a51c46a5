//! A method has another name, and servers still answer to the old one.

use lymph_idl::model::Method;

use crate::effect::{Edit, Effect, MINOR};
use crate::pair::Pair;
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-renamed-with-alias",
    summary: "a method has another name on the wire and keeps the old one",
    message: "method `{old}` is now `{new}`, and servers answer to both",
    notes: Pair::new("", "understood under both names"),
    because: "an old server does not know `{new}`",
    explanation: "A server looks a method up by its name and its former names, so old callers are served. \
                  New callers send the new name, which an old server answers with NACK, and no version keeps \
                  them from it: the method is as old as it was.",
    example: Pair::new(
        "interface Geo { rpc locate(place: string); }",
        "interface Geo { @was(\"locate\") rpc find(place: string); }",
    ),
    fix: "deploy servers before callers, or keep the name with `@wire(\"{old}\")`",
    migration: "Deploy every server before the first caller that uses the new name. Remove the alias with the \
                next major.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Breaks, step: MINOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    let metas = methods.map(|method| &method.meta);
    if is_renamed(metas) && keeps_former_name(metas) {
        sink.here(metas.map(|meta| &*meta.wire));
    }
}
