//! Members stand in another order.

use crate::changes::MemberChanges;
use crate::effect::{Edit, Effect, PATCH};
use crate::node::Members;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "reordered",
    summary: "members stand in another order",
    message: "the members of `{name}` stand in another order",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Members travel by name, so their order says nothing. Constructors of generated types take \
                  what is required in the order of the schema.",
    example: Pair::new("struct Point { lat: f64, lng: f64 }", "struct Point { lng: f64, lat: f64 }"),
    fix: "nothing has to be done; look at calls of `new` when you build",
    migration: "Keep the order where arguments of one type would trade places without an error from the \
                compiler.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: PATCH,
        result: PATCH,
        event: PATCH,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Members(check),
};

fn check(_: &Pair<Members<'_>>, changes: &MemberChanges<'_>, sink: &mut Sink<'_, '_>) {
    let pairs = &changes.pairs;
    if !pairs.is_sorted_by_key(|fields| fields.old.meta.span.start) {
        sink.here(Pair::new("", ""));
    }
}
