//! Readers no longer refuse keys that they do not know.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MINOR};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "unknown-keys-allowed",
    summary: "readers no longer refuse keys that they do not know",
    message: "`{name}` is no longer closed: readers ignore keys that they do not know",
    notes: Pair::new("refuses other keys", "ignores other keys"),
    because: "",
    explanation: "Everything that was read is still read, and writers send the same keys as before.",
    example: Pair::new("closed struct Page { limit: u16 }", "struct Page { limit: u16 }"),
    fix: "nothing has to be done",
    migration: "This is the first step to adding members: replace all readers, and then add.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, _: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    if members.old.is_closed() && !members.new.is_closed() {
        sink.here(Pair::new("", ""));
    }
}
