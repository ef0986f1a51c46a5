//! A member has another name in code and the same on the wire.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MINOR};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "renamed-with-wire-name",
    summary: "a member has another name in code and the same on the wire",
    message: "`{old}` is now called `{new}`, in code only",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Members travel by their wire names, and that of this one is as it was. Code that is built \
                  against the new schema uses the new name.",
    example: Pair::new(
        "struct Match { lat_lng: string }",
        "struct Match { @wire(\"lat_lng\") position: string }",
    ),
    fix: "nothing has to be done",
    migration: "This is the safe way to give a member a better name.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(_: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for fields in &changes.pairs {
        let metas = fields.map(|field| &field.meta);
        let is_renamed = metas.map(|meta| &meta.name.value).differs();
        if is_renamed && !metas.map(|meta| &meta.wire).differs() {
            sink.changed(metas, metas.map(|meta| &*meta.name.value));
        }
    }
}
