//! A closed struct has a key that old readers refuse.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MAJOR, MINOR, NEW_EVENT};
use crate::matching::Named;
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "added-to-closed",
    summary: "a closed struct has one more key",
    message: "`{name}` is a key that readers of the closed struct do not know",
    notes: Pair::new("refuses other keys", "one more key"),
    because: "they refuse the key `{name}`",
    explanation: "Readers of a closed struct refuse keys that they do not know, so a reader of the old \
                  schema refuses every value in which the new one is sent. Former names count: writers send \
                  a member under all of its names.",
    example: Pair::new(
        "closed struct Page { limit: u16 }",
        "closed struct Page { limit: u16, offset: u16? }",
    ),
    fix: "drop `{name}`, or leave it unset until all readers are new",
    migration: "Open the struct, replace all of its readers, and then add the member; or put the member \
                into a struct of its own beside this one.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    if !members.old.is_closed() {
        return;
    }
    for field in &changes.added {
        sink.added(&field.meta);
    }
    for fields in &changes.pairs {
        let metas = fields.map(|field| &field.meta);
        if metas.new.names().any(|name| metas.old.names().all(|known| known != name)) {
            sink.changed(metas, metas.map(|meta| &*meta.wire));
        }
    }
}
