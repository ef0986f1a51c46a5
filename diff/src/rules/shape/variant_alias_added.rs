//! A variant is understood under one more name.

use crate::changes::VariantChanges;
use crate::effect::{Effect, MINOR};
use crate::node::Choice;
use crate::pair::Pair;
use crate::renames::aliases_added;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-alias-added",
    summary: "a variant is understood under one more name",
    message: "variant `{name}` is now also understood as `{new}`",
    notes: Pair::new("", "also understood as `{new}`"),
    because: "",
    explanation: "Readers of the new schema take one more name for the variant. Writers send its present \
                  name alone.",
    example: Pair::new("enum Quality { precise }", "enum Quality { @was(\"exact\") precise }"),
    fix: "nothing has to be done",
    migration: "This is the first half of a safe rename: once all readers know both names, writers can \
                change to the new one.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[],
    check: Check::Choice(check),
};

fn check(_: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    for &variants in &changes.pairs {
        for alias in aliases_added(variants).filter(|alias| *alias != variants.old.wire) {
            sink.changed(variants, Pair::new("", alias));
        }
    }
}
