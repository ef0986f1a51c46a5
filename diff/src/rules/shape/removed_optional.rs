//! A member that could be left out is gone.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "removed-optional",
    summary: "a member that could be left out is gone",
    message: "`{name}` was removed",
    notes: Pair::new("optional", "ignored"),
    because: "what they send as `{name}` is ignored",
    explanation: "Readers of the new schema ignore what old writers still send under its name, and readers \
                  of the old schema take it for left out. No message is refused, but what was meant is \
                  lost; and within a major a schema only grows, so that each of its versions stays true.",
    example: Pair::new(
        "struct Query { text: string, country: string? }",
        "struct Query { text: string, reserved \"country\"; }",
    ),
    fix: "restore `{name}` and mark it `@deprecated`",
    migration: "Deprecate it. With the next major drop it and reserve its name.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: MAJOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    // Readers of a closed struct do not ignore it.
    if members.new.is_closed() {
        return;
    }
    for field in &changes.removed {
        if matches!(members.old.value(field).presence, Presence::Optional | Presence::Patch) {
            sink.removed(&field.meta);
        }
    }
}
