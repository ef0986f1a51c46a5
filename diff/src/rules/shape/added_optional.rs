//! A member that may be left out is new.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MINOR};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "added-optional",
    summary: "a member that may be left out is new",
    message: "`{name}` is new and may be left out",
    notes: Pair::new("without it", "optional"),
    because: "",
    explanation: "Readers of the new schema take its absence for nil, and readers of the old schema ignore \
                  a key they do not know.",
    example: Pair::new("struct Query { text: string }", "struct Query { text: string, country: string? }"),
    fix: "nothing has to be done; mark it `@since(next)`",
    migration: "This is the safe way to add a member: mark it with the version it came with.",
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
        if matches!(members.new.value(field).presence, Presence::Optional | Presence::Patch) {
            sink.added(&field.meta);
        }
    }
}
