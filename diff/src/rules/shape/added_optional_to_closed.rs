//! A closed struct has a key that writers may leave out and old readers refuse.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

use super::added_to_closed::tell_unknown;

pub(super) const RULE: Rule = Rule {
    id: "added-optional-to-closed",
    summary: "a closed struct has one more key, which may be left out",
    message: "`{name}` is a key that readers of the closed struct do not know",
    notes: Pair::new("refuses other keys", "may be sent"),
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
    tell_unknown(members, changes, sink, |presence| matches!(presence, Presence::Optional | Presence::Patch));
}
