//! A variant of a closed choice travels under another name.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-renamed",
    summary: "a variant of a closed enum or union travels under another name",
    message: "variant `{old}` is now called `{new}`, and neither side knows the name of the other",
    notes: Pair::new("travels as `{old}`", "travels as `{new}`"),
    because: "they refuse the name of the other side",
    explanation: "Variants travel by name. Readers of a closed enum or union refuse a name that they do not \
                  know, so each side refuses what the other calls this variant.",
    example: Pair::new(
        "closed enum Side { north, south }",
        "closed enum Side { up, south, reserved \"north\"; }",
    ),
    fix: "write `@wire(\"{old}\")` before it to change only the name in code",
    migration: "`@wire(\"{old}\")` leaves the name on the wire as it is. To change it there as well, let \
                readers know both with `@was(\"{old}\")`, and rename with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::BreaksSome,
        forward: Effect::BreaksSome,
        param: MAJOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.new.is_closed() {
        for &variants in &changes.renamed {
            sink.changed(variants, variants.map(|variant| &*variant.wire));
        }
    }
}
