//! A member that must be there travels under another name.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "renamed",
    summary: "a member that must be there travels under another name",
    message: "`{old}` is now called `{new}`, and neither side knows the name of the other",
    notes: Pair::new("travels as `{old}`", "travels as `{new}`"),
    because: "they know `{old}` or `{new}`, but not both",
    explanation: "Members travel by name. A reader of the new schema looks for the new name and refuses \
                  what old writers send; a reader of the old schema looks for the old one and refuses what \
                  new writers send.",
    example: Pair::new(
        "struct Match { pos: string }",
        "struct Match { position: string, reserved \"pos\"; }",
    ),
    fix: "write `@was(\"{old}\")` before it, or `@wire(\"{old}\")` to change only the name in code",
    migration: "`@was(\"{old}\")` keeps the former name alive: writers send both and readers take either, \
                until the next major. `@wire(\"{old}\")` leaves the name on the wire as it is.",
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

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for fields in &changes.renamed {
        if members.new.value(fields.new).presence == Presence::Required {
            let metas = fields.map(|field| &field.meta);
            sink.changed(metas, metas.map(|meta| &*meta.wire));
        }
    }
}
