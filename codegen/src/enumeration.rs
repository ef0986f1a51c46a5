//! Enums: a name out of a list, and whatever newer peers add to it.

use askama::Template;
use lymph_idl::model::{Enum, Meta, Package, TypeDef};

use crate::cx::Cx;
use crate::record::Derives;
use crate::{docs, literal, names, record};

/// What readers of the docs must know of a fallback.
const FALLBACK: &str = "Names that only newer schemas have are read as this one.";

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
    /// What becomes of unknown names.
    unknown: Unknown,
}

/// What a reader makes of names that it does not know.
enum Unknown {
    Refused,
    /// By this variant, with the name that came.
    Kept(String),
    /// As this variant of the schema.
    ReadAs(String),
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
    let is_fallback = |meta: &Meta| definition.fallback.as_ref() == Some(&meta.name.value);
    let variants: Vec<_> = definition
        .variants
        .iter()
        .map(|meta| Variant {
            docs: docs::with_note(meta, "    ", is_fallback(meta).then_some(FALLBACK)),
            attributes: cx.attributes.of(&format!("{selector}.{}", meta.name.value), "    ")
                + &record::deprecated(meta, "    "),
            ident: names::type_name(&meta.name.value),
            wire: literal::string(&meta.wire),
            pattern: record::wire_names(meta).map(literal::string).collect::<Vec<_>>().join(" | "),
        })
        .collect();
    let unknown = match &definition.fallback {
        Some(fallback) => Unknown::ReadAs(names::type_name(fallback)),
        None if definition.closed => Unknown::Refused,
        None => Unknown::Kept(catch_all(variants.iter().map(|variant| &*variant.ident), "Name")),
    };
    crate::render(&EnumView {
        docs: docs::of(&def.meta, ""),
        attributes: cx.attributes.of(&selector, "") + &record::deprecated(&def.meta, ""),
        derives: Derives::of_names(!matches!(unknown, Unknown::Kept(_))),
        name: cx.names.of_type(def.id).to_owned(),
        label: literal::string(&def.meta.name.value),
        unknown,
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
