//! A member that readers can fill in is new.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MINOR};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "added-with-default",
    summary: "a member that readers can fill in is new",
    message: "`{name}` is new and has a default",
    notes: Pair::new("without it", "readers fill it in"),
    because: "",
    explanation: "Readers of the new schema fill in the default where an old writer does not send the \
                  member, and readers of the old schema ignore a key they do not know.",
    example: Pair::new("struct Query { text: string }", "struct Query { text: string, limit: u16 = 10 }"),
    fix: "nothing has to be done; mark it `@since(next)`",
    migration: "This is a safe way to add a member: choose the default so that it does what was done \
                before, and mark the member with the version it came with.",
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

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    // Readers of a closed struct do not ignore it.
    if members.old.is_closed() {
        return;
    }
    for field in &changes.added {
        if matches!(members.new.value(field).presence, Presence::Defaulted(_)) {
            sink.added(&field.meta);
        }
    }
}
