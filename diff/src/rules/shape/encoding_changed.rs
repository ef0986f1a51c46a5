//! The same kind of value travels in another form.

use lymph_idl::model::Scalar;

use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "encoding-changed",
    summary: "the same kind of value travels in another form",
    message: "`{name}` changed from `{old}` to `{new}`, which travels in another form",
    notes: Pair::new("", ""),
    because: "`{old}` and `{new}` travel in different forms",
    explanation: "UUIDs, dates, times and decimals travel as maps that name their type, durations as \
                  numbers; texts, bytes and plain numbers travel as themselves. No reader of the one takes \
                  the other, even when the text inside is the same.",
    example: Pair::new("struct Match { id: string }", "struct Match { id: uuid }"),
    fix: "restore `{old}`, and add a member of type `{new}` under another name",
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
    let Pair { old: Some(old), new: Some(new) } = values.as_ref().map(Value::scalar) else { return };
    if (is_tagged(old) && is_plain(new)) || (is_plain(old) && is_tagged(new)) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}

/// Whether values have a form of their own, in which something plain could have been said.
fn is_tagged(scalar: Scalar) -> bool {
    use Scalar::{Date, DateTime, Decimal, Duration, Time, Uuid};
    matches!(scalar, Uuid | DateTime | Date | Time | Decimal | Duration)
}

/// Whether values could be those of a type with a form of its own.
fn is_plain(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::String | Scalar::Bytes) || scalar.int_range().is_some() || scalar.is_float()
}
