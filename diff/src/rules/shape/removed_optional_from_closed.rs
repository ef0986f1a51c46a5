//! A closed struct no longer has a key that old writers may send.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

use super::removed_from_closed::tell_unknown;

pub(super) const RULE: Rule = Rule {
    id: "removed-optional-from-closed",
    summary: "a closed struct no longer has a key that old writers may send",
    message: "`{name}` is a key that readers of the closed struct no longer know",
    notes: Pair::new("may be sent", "refuses other keys"),
    because: "their key `{name}` is refused",
    explanation: "Readers of a closed struct refuse keys that they do not know, so a reader of the new \
                  schema refuses every value in which an old writer sends the member that is gone, or sends \
                  a member under a former name that is gone.",
    example: Pair::new(
        "closed struct Page { limit: u16, offset: u16? }",
        "closed struct Page { limit: u16, reserved \"offset\"; }",
    ),
    fix: "restore `{name}` and mark it `@deprecated`",
    migration: "Deprecate the member, stop setting it everywhere, and drop it with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    tell_unknown(members, changes, sink, |presence| presence != Presence::Required);
}
