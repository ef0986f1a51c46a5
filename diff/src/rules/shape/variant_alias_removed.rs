//! A former name of a variant ended with its major.

use crate::changes::VariantChanges;
use crate::effect::{Effect, MAJOR};
use crate::node::Choice;
use crate::pair::Pair;
use crate::renames::aliases_left_behind;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-alias-removed",
    summary: "a former name of a variant ended with its major",
    message: "variant `{name}` is no longer understood as `{old}`",
    notes: Pair::new("also understood as `{old}`", ""),
    because: "",
    explanation: "Readers of the new schema do not know the former name. Whoever was built after the rename \
                  does not send it, and nobody else asks for the new major.",
    example: Pair::new(
        "package example @ 1.4.0;\nenum Quality { @was(\"exact\") precise }",
        "package example @ 2.0.0;\nenum Quality { precise }",
    ),
    fix: "nothing has to be done",
    migration: "Drop former names together with the next major, as here.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MAJOR,
        result: MAJOR,
        event: MAJOR,
    },
    edits: &[],
    check: Check::Choice(check),
};

fn check(_: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    for &variants in &changes.pairs {
        for alias in aliases_left_behind(sink.scope(), variants) {
            sink.changed(variants, Pair::new(alias, ""));
        }
    }
}
