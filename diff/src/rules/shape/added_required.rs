//! A member that must be there is new.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "added-required",
    summary: "a member that must be there is new",
    message: "`{name}` is new and must be there",
    notes: Pair::new("without it", "required"),
    because: "they do not know `{name}`",
    explanation: "Writers of the old schema never send the new member, and a reader of the new schema \
                  refuses what lacks it.",
    example: Pair::new("struct Query { text: string }", "struct Query { text: string, country: string }"),
    fix: "make it optional with `?`, or give it a default",
    migration: "Add it as `T?` or with a default; require it with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for field in &changes.added {
        if members.new.value(field).presence == Presence::Required {
            sink.added(&field.meta);
        }
    }
}
