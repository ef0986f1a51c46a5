//! Values that were not allowed now are.

use crate::bounds::Bounds;
use crate::effect::{Effect, MINOR, MINOR_WARN};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "constraint-relaxed",
    summary: "values that were not allowed now are",
    message: "`{name}` allows more: `{old}` became `{new}`",
    notes: Pair::new("allows less", "allows more"),
    because: "they do not expect what `{old}` does not allow",
    explanation: "Servers check constraints on parameters before the handler runs, so an old server refuses \
                  what only the new constraint allows. Readers of results and events do not check: they get \
                  values that they were told not to expect.",
    example: Pair::new("struct Page { limit: u16(1..=100) }", "struct Page { limit: u16(1..=500) }"),
    fix: "replace the servers before clients send more than `{old}` allows",
    migration: "In parameters replace the servers first. For results and events make sure that whoever \
                reads them lives with the wider range.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[],
    check: Check::Bounds(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let Pair { old, new } = values.as_ref().map(Bounds::of);
    if old.forbids_more_than(&new) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
