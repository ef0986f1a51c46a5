//! A variant of a closed choice has another name, and readers know its former one.

use crate::changes::VariantChanges;
use crate::effect::{Edit, Effect, MAJOR, MINOR, NEW_EVENT};
use crate::node::Choice;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "variant-renamed-with-alias-closed",
    summary: "a variant of a closed enum or union has another name, and readers know the former one",
    message: "variant `{old}` is now called `{new}`, and only new readers know both names",
    notes: Pair::new("travels as `{old}`", "travels as `{new}`"),
    because: "they refuse `{new}`",
    explanation: "A variant travels under one name, so writers of the new schema send the new one only. \
                  Readers of the new schema know both; readers of the old schema refuse the new one, and \
                  with it the whole message.",
    example: Pair::new("closed enum Side { north, south }", "closed enum Side { @was(\"north\") up, south }"),
    fix: "replace all readers before any writer; or write `@wire(\"{old}\")` before it to change only the \
          name in code",
    migration: "In parameters replace the servers first. Elsewhere leave the name on the wire as it is with \
                `@wire(\"{old}\")`, and rename with the next major.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::BreaksSome,
        param: MINOR,
        result: MAJOR,
        event: NEW_EVENT,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Choice(check),
};

fn check(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>, sink: &mut Sink<'_, '_>) {
    if !choices.old.is_closed() {
        return;
    }
    for &variants in &changes.pairs {
        if variants.map(|variant| &variant.wire).differs() {
            sink.changed(variants, variants.map(|variant| &*variant.wire));
        }
    }
}
