//! An attribute of the user's own says something else.

use lymph_idl::model::{CustomAttribute, Literal, Meta};

use crate::effect::{Effect, PATCH};
use crate::literal;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "annotation-changed",
    summary: "an attribute of your own says something else",
    message: "`{name}` changed from `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Attributes with a dotted name are yours; lymph keeps them and does not know what they mean. Those that begin with `lint.` are said to the linter alone and are not compared. `lymph.toml` can say under `[diff.annotations]` which version step a change of one needs.",
    example: Pair::new(
        "@acme.owner(\"food\") struct Page { limit: u16 }",
        "@acme.owner(\"maps\") struct Page { limit: u16 }",
    ),
    fix: "nothing has to be done, unless `[diff.annotations]` says so",
    migration: "Say in `lymph.toml` what the attribute means to those who use the schema.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    let names = metas.old.attributes.iter().chain(&metas.new.attributes).map(|it| &*it.name.value);
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if seen.contains(&name) || name.starts_with("lint.") {
            continue;
        }
        seen.push(name);
        let values = metas.map(|meta| text(&meta.attributes, name));
        if values.differs() {
            sink.at(&format!("@{name}"), metas.map(|meta| Some(meta.span)), values);
        }
    }
}

/// Every attribute with a name, as one would write it.
fn text(attributes: &[CustomAttribute], name: &str) -> String {
    let attributes = attributes.iter().filter(|attribute| attribute.name.value == name);
    let written = attributes.map(|attribute| {
        let argument = |(name, value): &(Option<String>, Literal)| match name {
            Some(name) => format!("{name} = {}", literal::text(value)),
            None => literal::text(value),
        };
        let arguments: Vec<String> = attribute.arguments.iter().map(argument).collect();
        match arguments.is_empty() {
            true => format!("@{name}"),
            false => format!("@{name}({})", arguments.join(", ")),
        }
    });
    written.collect::<Vec<_>>().join(" ")
}
