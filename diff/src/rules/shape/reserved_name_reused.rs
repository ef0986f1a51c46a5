//! A reserved name is used again.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "reserved-name-reused",
    summary: "a reserved name is used again",
    message: "`{name}` uses a name that was reserved",
    notes: Pair::new("reserved", "used again"),
    because: "`{old}` once meant something else",
    explanation: "The name was reserved since something else travelled under it. Peers from that time still \
                  send and expect the old meaning, and what they send is now read as something else: a type \
                  that differs is refused, one that does not is misunderstood.",
    example: Pair::new(
        "struct Match { text: string, reserved \"score\"; }",
        "struct Match { text: string, score: u8 }",
    ),
    fix: "choose another name, and restore `reserved \"{old}\";`",
    migration: "Give what is new a name that was never used, and keep the reservation for good.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(_: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    for (field, reserved) in &changes.reused {
        let spans = Pair::new(Some(reserved.span), Some(field.meta.span));
        sink.at(&field.meta.name.value, spans, Pair::new(&*reserved.value, &*field.meta.wire));
    }
}
