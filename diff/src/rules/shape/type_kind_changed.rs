//! A declared type became one of another kind.

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "type-kind-changed",
    summary: "a declared type became one of another kind",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "`{old}` and `{new}` travel in different forms",
    explanation: "Structs travel as maps of all their fields, enums as a name, unions as a map of one \
                  entry. Neither side reads what the other sends.",
    example: Pair::new("struct Place { name: string }", "enum Place { home, work }"),
    fix: "restore `{old}`, and declare the other under a name of its own",
    migration: "Declare the new type under a new name, use it in new members beside the old ones, and drop \
                the old ones with the next major.",
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
    if values.as_ref().map(Value::definition).map(|definition| definition.is_some()) == Pair::new(true, true)
    {
        sink.here(values.as_ref().map(Value::kind_text));
    }
}
