//! Names that readers do not know are taken for something else.

use lymph_idl::model::Meta;

use crate::changes::VariantChanges;
use crate::effect::{Effect, MINOR_WARN};
use crate::matching::Named;
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "unknown-fallback-changed",
    summary: "names that readers do not know are taken for something else",
    message: "names that readers of `{name}` do not know were {old} and are now {new}",
    notes: Pair::new("", ""),
    because: "names of newer peers mean something else",
    explanation: "Without a fallback readers keep a name that they do not know and send it on; with one \
                  they take it for that variant, and the name is gone. Each side does with the names of \
                  newer peers what its own schema says.",
    example: Pair::new("enum Colour { red, @fallback other }", "enum Colour { @fallback red, other }"),
    fix: "restore the former fallback",
    migration: "Change what is done with unknown names only before there are any: when no newer variant is \
                in use.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Lossy,
        param: MINOR_WARN,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, _: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.is_closed() || choices.new.is_closed() {
        return;
    }
    let fallbacks = choices.as_ref().map(Choice::fallback);
    let is_same = match fallbacks {
        Pair { old: Some(old), new: Some(new) } => new.names().any(|name| name == old.wire),
        Pair { old, new } => old.is_none() && new.is_none(),
    };
    if !is_same {
        let text = |fallback: &Meta| format!("taken for `{}`", fallback.name.value);
        sink.here(fallbacks.map(|fallback| fallback.map_or_else(|| "kept".to_owned(), text)));
    }
}
