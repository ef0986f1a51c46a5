//! A method's arguments: owned as a server gets them, borrowed as a caller gives them.

use askama::Template;
use lymph_idl::model::{Field, Interface, Method, Package, PackageId};

use crate::cx::Cx;
use crate::record::{self, Derives, Entries, FieldView, StructView};
use crate::types::{self, Borrowed, BorrowedKind, Presence};
use crate::{check, docs, literal, names};

/// `GreetRequest`.
pub(crate) fn generate(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    name: &str,
    method: &Method,
) -> String {
    let selector = format!("{}.{}.{}", package.name.value, interface.meta.name.value, method.meta.name.value);
    let view = StructView {
        docs: docs::comment(
            &[format!("Arguments of `{}`, as a server gets them.", method.meta.name.value)],
            "",
        ),
        attributes: cx.attributes.of(&selector, ""),
        derives: Derives::of_request(),
        name: name.to_owned(),
        parameters: record::parameters(cx, package.id, &method.params),
        has_default: record::has_default(cx, &method.params),
        fields: record::fields(cx, package.id, &selector, &method.params),
    };
    let checked = if method.params.iter().any(|param| cx.traits.is_checked(&param.ty)) {
        check::implementation(cx, name, &method.params, "::lymph::service::Request")
    } else {
        format!("impl ::lymph::service::Request for {name} {{}}\n")
    };
    [view.text(), record::decode(name, &view.fields, None), checked].concat()
}

/// `GreetArgs`.
#[derive(Template)]
#[template(path = "args.txt")]
struct ArgsView {
    method: String,
    name: String,
    /// `<'a>`, or nothing when all are taken by value.
    lifetime: &'static str,
    /// `<'_>`, likewise.
    anonymous: &'static str,
    fields: Vec<Argument>,
    parameters: String,
    conversions: Vec<From>,
    /// Nothing is required, so `()` will do.
    from_unit: bool,
    /// Lines that find what older servers cannot be spared.
    held: Vec<String>,
    encode: String,
}

struct Argument {
    docs: String,
    attributes: String,
    ident: String,
    ty: String,
    required: bool,
    /// Its value in `new`, where what is required is a parameter.
    initial: String,
    setter: String,
    setter_ty: String,
    /// What the setter stores.
    set: String,
    /// The method that clears it; `None` where nil says no more than nothing.
    clearer: Option<String>,
}

struct From {
    generics: String,
    ty: String,
    /// What stands behind the arguments' name.
    lifetime: &'static str,
}

pub(crate) fn arguments(
    cx: &Cx<'_>,
    package: &Package,
    name: &str,
    method: &Method,
    newer: &[bool],
) -> String {
    let borrowed: Vec<_> =
        method.params.iter().map(|param| types::borrowed(cx, package.id, &param.ty)).collect();
    let borrows = borrowed.iter().any(|borrowed| borrowed.kind != BorrowedKind::Value);
    let params = || method.params.iter().zip(&borrowed);
    let mut taken = names::Taken::default();
    for param in &method.params {
        taken.claim(&names::bare_value_name(&param.meta.name.value));
    }
    let fields: Vec<_> =
        params().map(|(param, borrowed)| argument(cx, param, borrowed, &mut taken)).collect();
    let required: Vec<_> =
        params().filter(|(param, _)| types::presence(cx, param) == Presence::Required).collect();
    let held = params().zip(newer).enumerate().filter(|(_, (_, newer))| **newer);
    let views: Vec<_> = params().map(|(param, borrowed)| entry(cx, package.id, param, borrowed)).collect();
    let (lifetime, anonymous) = if borrows { ("<'a>", "<'_>") } else { ("", "") };
    crate::render(&ArgsView {
        method: method.meta.name.value.clone(),
        name: name.to_owned(),
        lifetime,
        anonymous,
        parameters: required
            .iter()
            .map(|(param, borrowed)| {
                let name = names::value_name(&param.meta.name.value);
                format!("{name}: {}", borrowed.intake(&name).ty)
            })
            .collect::<Vec<_>>()
            .join(", "),
        conversions: if let [(_, borrowed)] = required[..] {
            conversions(borrowed, anonymous)
        } else {
            Vec::new()
        },
        from_unit: required.is_empty(),
        held: held.map(|(index, ((param, b), _))| held_line(cx, package.id, index, param, b)).collect(),
        encode: record::encode(&format!("{name}{anonymous}"), &views),
        fields,
    })
}

/// `taken` are names of methods.
fn argument(cx: &Cx<'_>, param: &Field, borrowed: &Borrowed, taken: &mut names::Taken) -> Argument {
    let bare = names::bare_value_name(&param.meta.name.value);
    // What has a default is unset until it is given.
    let presence = match types::presence(cx, param) {
        Presence::Defaulted => Presence::Optional,
        other => other,
    };
    let required = presence == Presence::Required;
    let (ident, value) = (names::escape(&bare), borrowed.intake("value"));
    let clearer = || taken.first_free(&[format!("clear_{bare}"), format!("clear_{bare}_")]);
    Argument {
        docs: docs::of(&param.meta, "    "),
        attributes: record::deprecated(&param.meta, "    "),
        ty: presence.wrap(&borrowed.ty),
        required,
        initial: match presence {
            Presence::Patched => "::lymph::Patch::Keep".to_owned(),
            Presence::Required => borrowed.intake(&ident).store,
            _ => "::std::option::Option::None".to_owned(),
        },
        ident,
        // `new` takes what is required.
        setter: if bare == "new" { "new_".to_owned() } else { names::escape(&bare) },
        setter_ty: value.ty,
        set: presence.set(value.store),
        clearer: (presence == Presence::Patched).then(clearer),
    }
}

/// How the argument is written: only [`record::encode`] looks at this view.
fn entry(cx: &Cx<'_>, home: PackageId, param: &Field, borrowed: &Borrowed) -> FieldView {
    let ident = names::value_name(&param.meta.name.value);
    let presence = types::presence(cx, param);
    let place = format!("&self.{ident}");
    let default = param
        .default
        .as_ref()
        .map(|default| literal::borrowed(cx, home, &param.ty, borrowed.kind, &default.value));
    let names: Vec<_> = record::wire_names(&param.meta).map(literal::string).collect();
    let write = |name: &String| match (presence, &default) {
        (Presence::Required, _) => format!("e.field({name}, {place})"),
        (_, Some(default)) => format!("::lymph::generated::field_or(e, {name}, {place}, {default})"),
        (Presence::Patched, None) => format!("e.patch({name}, {place})"),
        (_, None) => format!("e.optional({name}, {place})"),
    };
    let count = names.len();
    FieldView {
        writes: names.iter().map(write).collect(),
        entries: match presence {
            Presence::Required | Presence::Defaulted => Entries::Always(count),
            Presence::Optional => Entries::IfSet(count),
            Presence::Patched => Entries::IfSent(count),
        },
        ident,
        ..FieldView::unseen()
    }
}

fn held_line(cx: &Cx<'_>, home: PackageId, index: usize, param: &Field, borrowed: &Borrowed) -> String {
    let ident = names::value_name(&param.meta.name.value);
    let push = format!("held.push({index});");
    match (types::presence(cx, param), &param.default) {
        (Presence::Required, _) => push,
        (_, Some(default)) => {
            let default = literal::borrowed(cx, home, &param.ty, borrowed.kind, &default.value);
            format!("if ::lymph::generated::differs(&self.{ident}, {default}) {{ {push} }}")
        }
        (Presence::Patched, None) => format!("if !self.{ident}.is_keep() {{ {push} }}"),
        (_, None) => format!("if self.{ident}.is_some() {{ {push} }}"),
    }
}

/// What one required argument can be given as, without naming the struct.
///
/// Taken by value it says nothing of a lifetime, which the other arguments may have all the same.
fn conversions(borrowed: &Borrowed, anonymous: &'static str) -> Vec<From> {
    let (generics, lifetime) =
        if borrowed.kind == BorrowedKind::Value { ("", anonymous) } else { ("<'a>", "<'a>") };
    let own = From { generics: generics.to_owned(), ty: borrowed.ty.clone(), lifetime };
    let others = borrowed.conversions.iter().map(|conversion| From {
        generics: if conversion.constant { "<'a, const __N: usize>" } else { "<'a>" }.to_owned(),
        ty: conversion.from.clone(),
        lifetime,
    });
    std::iter::once(own).chain(others).collect()
}
