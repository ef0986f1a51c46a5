//! Names alone became names with values, or the other way round.

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "representation-changed",
    summary: "an enum became a union, or the other way round",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "a name and a map of one entry are not read for each other",
    explanation: "An enum travels as a string, the name of its variant. A union travels as a map of one \
                  entry, whose key is that name. Neither side reads the other.",
    example: Pair::new("enum Side { left, right }", "union Side { left: u8, right: u8 }"),
    fix: "restore `{old}`, and declare the other under a name of its own",
    migration: "Add a member of the new type beside the old one, fill both, and drop the old one with the \
                next major.",
    consequence: Consequence::Shape {
        backward: Effect::Breaks,
        forward: Effect::Breaks,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let kinds = values.as_ref().map(|value| (value.as_enum().is_some(), value.as_union().is_some()));
    if matches!(kinds, Pair { old: (true, _), new: (_, true) } | Pair { old: (_, true), new: (true, _) }) {
        sink.here(values.as_ref().map(Value::kind_text));
    }
}
