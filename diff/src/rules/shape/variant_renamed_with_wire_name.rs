//! A variant has another name in code and the same on the wire.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MINOR};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-renamed-with-wire-name",
    summary: "a variant has another name in code and the same on the wire",
    message: "variant `{old}` is now called `{new}`, in code only",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Variants travel by their wire names, and that of this one is as it was. Code that is \
                  built against the new schema uses the new name.",
    example: Pair::new("enum Quality { exact, street }", "enum Quality { @wire(\"exact\") precise, street }"),
    fix: "nothing has to be done",
    migration: "This is the safe way to give a variant a better name.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: MINOR,
        result: MINOR,
        event: MINOR,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(_: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    for &variants in &changes.pairs {
        let is_renamed = variants.map(|variant| &variant.name.value).differs();
        if is_renamed && !variants.map(|variant| &variant.wire).differs() {
            sink.changed(variants, variants.map(|variant| &*variant.name.value));
        }
    }
}
