//! A closed struct no longer has a key that old writers always send.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "removed-from-closed",
    summary: "a closed struct no longer has a key that old writers always send",
    message: "`{name}` is a key that readers of the closed struct no longer know",
    notes: Pair::new("is sent", "refuses other keys"),
    because: "their key `{name}` is refused",
    explanation: "Readers of a closed struct refuse keys that they do not know, so a reader of the new \
                  schema refuses every value of an old writer, which always sends the member that is gone, \
                  or a member under a former name that is gone.",
    example: Pair::new(
        "closed struct Page { limit: u16, offset: u16 }",
        "closed struct Page { limit: u16, reserved \"offset\"; }",
    ),
    fix: "restore `{name}` and mark it `@deprecated`",
    migration: "Make the member optional and deprecate it, stop setting it everywhere, and drop it with the \
                next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    tell_unknown(members, changes, sink, |presence| presence == Presence::Required);
}

/// Tells of keys that the new side's closed struct does not know, of members that had such a presence.
pub(super) fn tell_unknown(
    members: &Pair<Members<'_>>,
    changes: &MemberChanges<'_>,
    sink: &mut Sink<'_, '_>,
    is_meant: fn(Presence<'_>) -> bool,
) {
    if !members.new.is_closed() {
        return;
    }
    for (old, new) in changes.unknown_to_new() {
        if is_meant(members.old.value(old).presence) {
            match new.map(|new| Pair::new(&old.meta, &new.meta)) {
                Some(metas) => sink.changed(metas, metas.map(|meta| &*meta.wire)),
                None => sink.removed(&old.meta),
            }
        }
    }
}
