//! A closed enum got a fallback for names that readers do not know.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MINOR};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "opened-with-fallback",
    summary: "a closed enum got a fallback",
    message: "`{name}` is now open: readers take names that they do not know for its fallback",
    notes: Pair::new("refuses other names", "takes other names for its fallback"),
    because: "",
    explanation: "Readers of the new schema take every name, and since they do not keep the ones that they \
                  do not know, writers send the same names as before.",
    example: Pair::new("closed enum Colour { red, other }", "enum Colour { red, @fallback other }"),
    fix: "nothing has to be done",
    migration: "This is a safe first step to adding variants: replace all readers, and add the variant with \
                a later version.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, _: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.is_closed() && choices.new.fallback().is_some() {
        sink.here(Pair::new("", ""));
    }
}
