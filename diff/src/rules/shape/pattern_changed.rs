//! Another pattern must match.

use crate::bounds::Bounds;
use crate::effect::{Effect, MAJOR, MINOR_WARN};
use crate::node::Value;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "pattern-changed",
    summary: "another pattern must match",
    message: "`{name}` must match another pattern: `{old}` became `{new}`",
    notes: Pair::new("", ""),
    because: "what matches one of the patterns may not match the other",
    explanation: "Nobody can say of two patterns in general which allows more, so each is taken to refuse \
                  something that the other allows. Servers check patterns on parameters before the handler \
                  runs; readers of results and events do not check.",
    example: Pair::new(
        "struct User { login: string(pattern = \"^[a-z]+$\") }",
        "struct User { login: string(pattern = \"^[a-z0-9]+$\") }",
    ),
    fix: "restore `{old}`; or accept this finding if the new pattern matches whatever the old one did",
    migration: "When the new pattern allows more and nothing less, accept the finding with that reason. \
                Otherwise check in the handler, and change the pattern with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::BreaksSome,
        param: MAJOR,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[],
    check: Check::Bounds(check),
};

fn check(values: &Pair<Value<'_>>, sink: &mut Sink<'_, '_>) {
    let Pair { old, new } = values.as_ref().map(|value| Bounds::of(value).patterns);
    if !old.is_subset(&new) && !new.is_subset(&old) {
        sink.here(values.as_ref().map(Value::type_text));
    }
}
