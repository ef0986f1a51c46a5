//! Readers now refuse keys that they do not know.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "unknown-keys-denied",
    summary: "readers now refuse keys that they do not know",
    message: "`{name}` is now closed: readers refuse keys that they do not know",
    notes: Pair::new("ignores other keys", "refuses other keys"),
    because: "they may send keys that are refused",
    explanation: "Readers of the old schema ignore what they do not know, and so peers could send more than \
                  the schema says: those of newer versions, and those that share a struct. Readers of the \
                  new schema refuse such values. From now on every new member is a break.",
    example: Pair::new("struct Page { limit: u16 }", "closed struct Page { limit: u16 }"),
    fix: "drop `closed`",
    migration: "Close a struct with a new major, or give the closed one a name of its own.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: NEW_EVENT,
    },
    edits: &[],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, _: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    if !members.old.is_closed() && members.new.is_closed() {
        sink.here(Pair::new("", ""));
    }
}
