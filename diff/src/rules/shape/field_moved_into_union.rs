//! Members became variants of one new member.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "field-moved-into-union",
    summary: "members became variants of one new member",
    message: "`{old}` moved into the union `{name}`",
    notes: Pair::new("a member of its own", "one of several"),
    because: "they look for `{old}` or for `{new}`, but not for both",
    explanation: "A union is a map of one entry, and it stands under a key of its own. Readers of the old \
                  schema do not find the members that they need, and readers of the new schema do not find \
                  the union.",
    example: Pair::new(
        "struct Place { point: string }",
        "struct Place { place: Where, reserved \"point\"; } union Where { point: string, area: list<string> \
         }",
    ),
    fix: "restore `{old}`, and add `{name}` as an optional member",
    migration: "Add the union as an optional member beside the others, let writers fill both and readers \
                prefer the union, and drop the others with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(_: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for fields in &changes.wrapped {
        let metas = fields.map(|field| &field.meta);
        sink.changed(metas, metas.map(|meta| &*meta.name.value));
    }
}
