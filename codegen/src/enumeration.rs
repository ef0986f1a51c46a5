//! Enums: a name out of a list, and whatever newer peers add to it.

use askama::Template;
use lymph_idl::model::{Enum, Package, TypeDef};

use crate::cx::Cx;
use crate::record::Derives;
use crate::{docs, literal, names, record};

#[derive(Template)]
#[template(path = "enum.txt")]
struct EnumView {
    docs: String,
    attributes: String,
    derives: Derives,
    name: String,
    /// As the schema calls it, for errors.
    label: String,
    variants: Vec<Variant>,
    /// The variant that keeps unknown names; `None` when closed.
    unknown: Option<String>,
}

struct Variant {
    docs: String,
    attributes: String,
    ident: String,
    wire: String,
    pattern: String,
}

pub(crate) fn generate(cx: &Cx<'_>, package: &Package, def: &TypeDef, definition: &Enum) -> String {
    let selector = format!("{}.{}", package.name.value, def.meta.name.value);
    let variants: Vec<_> = definition
        .variants
        .iter()
        .map(|meta| Variant {
            docs: docs::of(meta, "    "),
            attributes: cx.attributes.of(&format!("{selector}.{}", meta.name.value), "    ")
                + &record::deprecated(meta, "    "),
            ident: names::type_name(&meta.name.value),
            wire: literal::string(&meta.wire),
            pattern: record::wire_names(meta).map(literal::string).collect::<Vec<_>>().join(" | "),
        })
        .collect();
    crate::render(&EnumView {
        docs: docs::of(&def.meta, ""),
        attributes: cx.attributes.of(&selector, "") + &record::deprecated(&def.meta, ""),
        derives: Derives::of_names(definition.closed),
        name: cx.names.of_type(def.id).to_owned(),
        label: literal::string(&def.meta.name.value),
        unknown: (!definition.closed)
            .then(|| catch_all(variants.iter().map(|variant| &*variant.ident), "Name")),
        variants,
    })
}

/// `Unknown`, or another word where the schema itself has a variant of that name.
pub(crate) fn catch_all<'a>(idents: impl Iterator<Item = &'a str>, what: &str) -> String {
    let mut taken = names::Taken::default();
    for ident in idents {
        taken.claim(ident);
    }
    taken.first_free(&["Unknown".to_owned(), "Unrecognized".to_owned(), format!("Unrecognized{what}")])
}
