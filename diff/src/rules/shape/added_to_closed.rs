//! A closed struct has a key that writers always send and old readers refuse.

use crate::changes::MemberChanges;
use crate::effect::{Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::{Members, Presence};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "added-to-closed",
    summary: "a closed struct has one more key, which is always sent",
    message: "`{name}` is a key that readers of the closed struct do not know",
    notes: Pair::new("refuses other keys", "one more key"),
    because: "they refuse the key `{name}`",
    explanation: "Readers of a closed struct refuse keys that they do not know, and writers always send what \
                  is required or has a default, so a reader of the old schema refuses every value. Former \
                  names count: writers send a member under all of its names.",
    example: Pair::new(
        "closed struct Page { limit: u16 }",
        "closed struct Page { limit: u16, offset: u16 = 0 }",
    ),
    fix: "drop `{name}`, or make it optional with `?` and leave it unset until all readers are new",
    migration: "Open the struct, replace all of its readers, and then add the member; or put the member \
                into a struct of its own beside this one.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Breaks,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[],
    check: Check::Members(check),
};

fn check(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    tell_unknown(members, changes, sink, |presence| {
        matches!(presence, Presence::Required | Presence::Defaulted(_))
    });
}

/// Tells of keys that the old side's closed struct does not know, of members that have such a presence.
pub(super) fn tell_unknown(
    members: &Pair<Members<'_>>,
    changes: &MemberChanges<'_>,
    sink: &mut Sink<'_, '_>,
    is_meant: fn(Presence<'_>) -> bool,
) {
    if !members.old.is_closed() {
        return;
    }
    for (new, old) in changes.unknown_to_old() {
        if is_meant(members.new.value(new).presence) {
            match old.map(|old| Pair::new(&old.meta, &new.meta)) {
                Some(metas) => sink.changed(metas, metas.map(|meta| &*meta.wire)),
                None => sink.added(&new.meta),
            }
        }
    }
}
