//! A closed choice was opened.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MINOR, MINOR_WARN};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "opened",
    summary: "a closed enum or union was opened",
    message: "`{name}` is now open: readers keep names that they do not know",
    notes: Pair::new("refuses other names", "keeps other names"),
    because: "names that a new peer sends on are refused",
    explanation: "Readers of the new schema take every name. But a new writer may send on a name that it \
                  got from a newer peer and does not know itself, and readers of the old schema refuse \
                  that.",
    example: Pair::new("closed enum Side { north, south }", "enum Side { north, south }"),
    fix: "replace all readers before a variant is added",
    migration: "This is the first step to adding variants: open it, replace all readers, and add the \
                variant with a later version.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, _: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.is_closed() && !choices.new.is_closed() && choices.new.fallback().is_none() {
        sink.here(Pair::new("", ""));
    }
}
