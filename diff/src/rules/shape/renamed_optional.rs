//! A member that may be left out travels under another name.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "renamed-optional",
    summary: "a member that may be left out travels under another name",
    message: "`{old}` is now called `{new}`, and neither side knows the name of the other",
    notes: Pair::new("travels as `{old}`", "travels as `{new}`"),
    because: "what is sent under the other name is ignored",
    explanation: "Members travel by name. Each side ignores the name that the other sends and takes the \
                  member for left out, so values are lost without an error on either side.",
    example: Pair::new(
        "struct Query { land: string? }",
        "struct Query { country: string?, reserved \"land\"; }",
    ),
    fix: "write `@was(\"{old}\")` before it, or `@wire(\"{old}\")` to change only the name in code",
    migration: "`@was(\"{old}\")` keeps the former name alive: writers send both and readers take either, \
                until the next major. `@wire(\"{old}\")` leaves the name on the wire as it is.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Lossy,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for fields in &changes.renamed {
        if members.new.value(fields.new).presence != Presence::Required {
            let metas = fields.map(|field| &field.meta);
            sink.changed(metas, metas.map(|meta| &*meta.wire));
        }
    }
}
