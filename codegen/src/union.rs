//! Unions: one of several named values, and whatever newer peers add to them.

use askama::Template;
use lymph_idl::model::{Package, TypeDef, Union};

use crate::cx::Cx;
use crate::enumeration::catch_all;
use crate::record::Derives;
use crate::{check, docs, literal, names, record, types};

#[derive(Template)]
#[template(path = "union.txt")]
struct UnionView {
    docs: String,
    attributes: String,
    derives: Derives,
    name: String,
    /// As the schema calls it, for errors.
    label: String,
    variants: Vec<Variant>,
    /// The variant that keeps unknown ones; `None` when closed.
    unknown: Option<String>,
}

struct Variant {
    docs: String,
    attributes: String,
    ident: String,
    ty: String,
    wire: String,
    pattern: String,
}

pub(crate) fn generate(cx: &Cx<'_>, package: &Package, def: &TypeDef, union: &Union) -> String {
    let selector = format!("{}.{}", package.name.value, def.meta.name.value);
    let name = cx.names.of_type(def.id).to_owned();
    let variants: Vec<_> = union
        .variants
        .iter()
        .map(|field| Variant {
            docs: docs::of(&field.meta, "    "),
            attributes: cx.attributes.of(&format!("{selector}.{}", field.meta.name.value), "    ")
                + &record::deprecated(&field.meta, "    "),
            ident: names::type_name(&field.meta.name.value),
            ty: types::field(cx, package.id, field),
            wire: literal::string(&field.meta.wire),
            pattern: record::wire_names(&field.meta).map(literal::string).collect::<Vec<_>>().join(" | "),
        })
        .collect();
    let checked = if cx.traits.type_is_checked(def.id) {
        let checked = union.variants.iter().filter(|field| cx.traits.is_checked(&field.ty));
        let arm = |field: &lymph_idl::model::Field| {
            check::arm(cx, &names::type_name(&field.meta.name.value), &field.meta.wire, &field.ty)
        };
        check::union(&name, &checked.map(arm).collect::<Vec<_>>())
    } else {
        String::new()
    };
    let text = crate::render(&UnionView {
        docs: docs::of(&def.meta, ""),
        attributes: cx.attributes.of(&selector, "") + &record::deprecated(&def.meta, ""),
        derives: Derives::of(cx, union.variants.iter()),
        name,
        label: literal::string(&def.meta.name.value),
        unknown: (!union.closed)
            .then(|| catch_all(variants.iter().map(|variant| &*variant.ident), "Variant")),
        variants,
    });
    text + &checked
}
