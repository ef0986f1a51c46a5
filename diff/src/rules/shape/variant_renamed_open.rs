//! A variant of an open choice travels under another name.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-renamed-open",
    summary: "a variant of an open enum or union travels under another name",
    message: "variant `{old}` is now called `{new}`, and neither side knows the name of the other",
    notes: Pair::new("travels as `{old}`", "travels as `{new}`"),
    because: "they do not understand the name of the other side",
    explanation: "Variants travel by name. Readers of an open enum or union keep a name that they do not \
                  know as `Unknown`, or take it for the fallback, so nothing is refused and nothing is \
                  understood.",
    example: Pair::new(
        "enum Quality { exact, street }",
        "enum Quality { precise, street, reserved \"exact\"; }",
    ),
    fix: "write `@wire(\"{old}\")` before it to change only the name in code",
    migration: "`@wire(\"{old}\")` leaves the name on the wire as it is. To change it there as well, let \
                readers know both with `@was(\"{old}\")`, and rename with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Lossy,
        forward: Effect::Lossy,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if !choices.new.is_closed() {
        for &variants in &changes.renamed {
            sink.changed(variants, variants.map(|variant| &*variant.wire));
        }
    }
}
