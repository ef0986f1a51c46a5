//! A former name of a member ended with its major.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MAJOR};
use crate::node::Members;
use crate::pair::Pair;
use crate::renames::aliases_left_behind;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "field-alias-removed",
    summary: "a former name of a member ended with its major",
    message: "`{name}` is no longer understood as `{old}`",
    notes: Pair::new("also understood as `{old}`", ""),
    because: "",
    explanation: "Writers no longer send the member under its former name, and readers no longer look for \
                  it. Whoever was built after the rename does not notice, and nobody else asks for the new \
                  major.",
    example: Pair::new(
        "package example @ 1.4.0;\nstruct Match { @was(\"pos\") position: string }",
        "package example @ 2.0.0;\nstruct Match { position: string }",
    ),
    fix: "nothing has to be done",
    migration: "Drop former names together with the next major, as here.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: MAJOR,
    },
    edits: &[],
    check: Check::Members(check),
};

fn check(_: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for fields in &changes.pairs {
        let metas = fields.map(|field| &field.meta);
        for alias in aliases_left_behind(sink.scope(), metas) {
            sink.changed(metas, Pair::new(alias, ""));
        }
    }
}
