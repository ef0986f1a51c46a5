//! An alias is no longer used for a type.

use crate::effect::{Edit, Effect, PATCH};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "type-inlined",
    summary: "an alias is no longer used for a type",
    message: "`{name}` no longer goes by the name of `{old}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "An alias is another name for a type, and names of types do not travel. Its constraints \
                  are compared with those that stand there now.",
    example: Pair::new(
        "type PlaceName = string(1..=200); struct Place { name: PlaceName }",
        "struct Place { name: string(1..=200) }",
    ),
    fix: "nothing has to be done",
    migration: "Write a type out wherever that reads better.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: PATCH,
        result: PATCH,
        event: PATCH,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Naming(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let Pair { old, new } = values.as_ref().map(Value::alias_names);
    let is_gone = old.iter().any(|name| !new.contains(name));
    if is_gone && new.iter().all(|name| old.contains(name)) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
