//! An enum whose readers take unknown names for one of its own has one more.

use crate::changes::VariantChanges;
use crate::effect::{Effect, MINOR, MINOR_WARN};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-added-fallback",
    summary: "an enum with a fallback has one more variant",
    message: "`{name}` is a new variant, and old readers take it for the fallback",
    notes: Pair::new("has a fallback", "added"),
    because: "they take `{name}` for the fallback",
    explanation: "Readers of an enum with a fallback take a name that they do not know for the variant \
                  marked `@fallback`. The name itself is gone, and is not sent on.",
    example: Pair::new("enum Colour { red, @fallback other }", "enum Colour { red, green, @fallback other }"),
    fix: "nothing has to be done, if the fallback does the right thing for `{name}`; mark it `@since(next)`",
    migration: "Make sure that what readers do for the fallback is right for the new variant, or replace \
                the readers before any writer sends it.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Lossy,
        param: MINOR,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.fallback().is_some() {
        for variant in &changes.added {
            sink.added(variant);
        }
    }
}
