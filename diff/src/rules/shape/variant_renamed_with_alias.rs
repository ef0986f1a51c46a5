//! A variant of an open choice has another name, and readers know its former one.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MINOR, MINOR_WARN};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-renamed-with-alias",
    summary: "a variant of an open enum or union has another name, and readers know the former one",
    message: "variant `{old}` is now called `{new}`, and new readers know both names",
    notes: Pair::new("travels as `{old}`", "travels as `{new}`"),
    because: "they do not understand `{new}`",
    explanation: "A variant travels under one name, so writers of the new schema send the new one only. \
                  Readers of the new schema know both; readers of the old schema keep the new one as \
                  `Unknown`, or take it for the fallback.",
    example: Pair::new("enum Quality { exact, street }", "enum Quality { @was(\"exact\") precise, street }"),
    fix: "replace all readers before any writer; or write `@wire(\"{old}\")` before it to change only the \
          name in code",
    migration: "In parameters replace the servers first. Where old readers must understand it, leave the \
                name on the wire as it is with `@wire(\"{old}\")`.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Lossy,
        param: MINOR,
        result: MINOR_WARN,
        event: MINOR_WARN,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if choices.old.is_closed() {
        return;
    }
    for &variants in &changes.pairs {
        if variants.map(|variant| &variant.wire).differs() {
            sink.changed(variants, variants.map(|variant| &*variant.wire));
        }
    }
}
