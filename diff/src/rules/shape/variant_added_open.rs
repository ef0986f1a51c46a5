//! A choice that readers know to be open has one more.

use crate::changes::VariantChanges;
use crate::effect::{Effect, MINOR};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-added-open",
    summary: "an open enum or union has one more variant",
    message: "`{name}` is a new variant",
    notes: Pair::new("open", "added"),
    because: "",
    explanation: "Readers of an open enum or union keep a name that they do not know as `Unknown` and send \
                  it on unchanged.",
    example: Pair::new("enum Quality { exact, street }", "enum Quality { exact, street, city }"),
    fix: "nothing has to be done; mark it `@since(next)`",
    migration: "This is the safe way: mark the variant with the version it came with.",
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

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.is_closed() || choices.old.fallback().is_some() {
        return;
    }
    for variant in &changes.added {
        sink.added(variant);
    }
}
