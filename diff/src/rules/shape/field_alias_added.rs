//! A member is understood under one more name.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MINOR};
use crate::node::Members;
use crate::pair::Pair;
use crate::renames::aliases_added;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "field-alias-added",
    summary: "a member is understood under one more name",
    message: "`{name}` is now also understood as `{new}`",
    notes: Pair::new("", "also understood as `{new}`"),
    because: "",
    explanation: "Writers send the member under all of its names, and readers take whichever comes. Those \
                  who know only the others find what they look for.",
    example: Pair::new(
        "struct Match { position: string }",
        "struct Match { @was(\"pos\") position: string }",
    ),
    fix: "nothing has to be done",
    migration: "This lets peers take part that use another name, as those from before a rename.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[],
    check: Check::Members(check),
};

fn check(_: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for fields in &changes.pairs {
        let metas = fields.map(|field| &field.meta);
        for alias in aliases_added(metas).filter(|alias| *alias != metas.old.wire) {
            sink.changed(metas, Pair::new("", alias));
        }
    }
}
