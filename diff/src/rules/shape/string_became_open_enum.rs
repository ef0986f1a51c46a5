//! A string has names for some of its values.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MINOR};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "string-became-open-enum",
    summary: "a string has names for some of its values",
    message: "`{name}` changed from `{old}` to the open enum `{new}`",
    notes: Pair::new("any text", "names what it knows"),
    because: "",
    explanation: "An enum travels as the name of its variant, which is a string. Readers of an open enum \
                  keep a name that they do not know and send it on unchanged, so every string is read.",
    example: Pair::new(
        "struct Match { quality: string }",
        "struct Match { quality: Quality } enum Quality { exact, street }",
    ),
    fix: "nothing has to be done",
    migration: "This is the safe way to give names to values. Keep the enum open: closed, it would refuse \
                the strings that it does not name.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Type(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    if values.old.scalar() == Some(Scalar::String)
        && values.new.as_enum().is_some_and(|new| !new.closed && new.fallback.is_none())
    {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
