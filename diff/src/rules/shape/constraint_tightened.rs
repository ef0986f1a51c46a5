//! Values that were allowed no longer are.

use crate::bounds::Bounds;
use crate::effect::{Effect, MAJOR, MINOR, MINOR_WARN};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "constraint-tightened",
    summary: "values that were allowed no longer are",
    message: "`{name}` allows less: `{old}` became `{new}`",
    notes: Pair::new("allows more", "allows less"),
    because: "they may send what `{new}` does not allow",
    explanation: "Servers check constraints on parameters before the handler runs, so calls that were \
                  answered are now refused with an error that names the parameter. Readers of results and \
                  events do not check: to them it says what to expect, and old writers do not keep to it.",
    example: Pair::new("struct Page { limit: u16(1..=500) }", "struct Page { limit: u16(1..=100) }"),
    fix: "restore `{old}`",
    migration: "Keep accepting the wider range and treat what lies outside in the handler; tighten it with \
                the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::Fine,
        param: MAJOR,
        result: MINOR,
        event: MINOR_WARN,
    },
    edits: &[],
    check: Check::Bounds(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let Pair { old, new } = values.as_ref().map(Bounds::of);
    if new.forbids_more_than(&old) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
