//! A member has another name on the wire, and its former one is kept alive.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MINOR};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "renamed-with-alias",
    summary: "a member has another name, and its former one is kept alive",
    message: "`{old}` is now called `{new}`, and both names are understood",
    notes: Pair::new("travels as `{old}`", "travels under both names"),
    because: "",
    explanation: "Writers send the member under its name and every former one, and readers take whichever \
                  comes. So both sides find what they look for.",
    example: Pair::new("struct Match { pos: string }", "struct Match { @was(\"pos\") position: string }"),
    fix: "nothing has to be done; keep `@was` until the next major",
    migration: "This is the safe way to rename what travels. The former name costs its bytes in every \
                message until it is dropped with the next major.",
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
        if metas.map(|meta| &meta.wire).differs() {
            sink.changed(metas, metas.map(|meta| &*meta.wire));
        }
    }
}
