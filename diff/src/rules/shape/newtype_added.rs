//! An alias is used for a type.

use crate::effect::{Edit, Effect, PATCH};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "newtype-added",
    summary: "an alias is used for a type",
    message: "`{name}` now goes by the name of `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "An alias is another name for a type, and names of types do not travel. Its constraints \
                  are compared with those that stood there before.",
    example: Pair::new(
        "struct Place { name: string(1..=200) }",
        "type PlaceName = string(1..=200); struct Place { name: PlaceName }",
    ),
    fix: "nothing has to be done",
    migration: "Name a type whenever it is used more than once, or means more than its shape.",
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
    if new.iter().any(|name| !old.contains(name)) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
