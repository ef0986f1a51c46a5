//! A member that had to be there is gone.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "removed-required",
    summary: "a member that had to be there is gone",
    message: "`{name}` was removed, and old readers need it",
    notes: Pair::new("required", "no longer sent"),
    because: "they need `{name}`",
    explanation: "Readers of the old schema refuse a message without it, and writers of the new schema do \
                  not send it. What old writers still send is ignored by new readers.",
    example: Pair::new(
        "struct Match { score: f64, text: string }",
        "struct Match { text: string, reserved \"score\"; }",
    ),
    fix: "restore `{name}` and mark it `@deprecated`",
    migration: "Deprecate it and keep sending it. With the next major drop it and reserve its name.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for field in &changes.removed {
        if members.old.value(field).presence == Presence::Required {
            sink.removed(&field.meta);
        }
    }
}
