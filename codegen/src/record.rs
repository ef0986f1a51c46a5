//! Structs: of the schema itself, of events, and of requests.

use askama::Template;
use lymph_idl::model::{Event, Field, Meta, Package, PackageId, Record, TypeDef};

use crate::cx::Cx;
use crate::types::{self, Presence};
use crate::{check, docs, literal, names, version};

/// The struct with its constructor and its builder methods.
#[derive(Template)]
#[template(path = "struct.txt")]
pub(crate) struct StructView {
    pub(crate) docs: String,
    pub(crate) attributes: String,
    pub(crate) derives: String,
    pub(crate) name: String,
    pub(crate) fields: Vec<FieldView>,
    /// Parameters of `new`.
    pub(crate) parameters: String,
    /// Whether nothing is required, so that there is a default.
    pub(crate) has_default: bool,
}

/// One field, in all places where it shows.
#[derive(Debug)]
pub(crate) struct FieldView {
    pub(crate) docs: String,
    pub(crate) attributes: String,
    pub(crate) ident: String,
    pub(crate) ty: String,
    /// Its value in `new`.
    pub(crate) initial: String,
    /// `None` for required fields, which `new` takes.
    pub(crate) setter: Option<Setter>,
    /// Patterns that match it when it is read.
    pub(crate) pattern: String,
    /// The variable that holds it while the others are read.
    pub(crate) local: String,
    /// Reads its value.
    pub(crate) read: String,
    /// Its value when all are read.
    pub(crate) finish: String,
    /// Statements that write it.
    pub(crate) writes: Vec<String>,
    /// How many entries it makes, as an expression.
    pub(crate) entries: Entries,
    /// Whether it travels; an error's message does not.
    pub(crate) local_only: bool,
}

impl FieldView {
    /// Shows nowhere: what a view starts from that only fills in some places.
    pub(crate) fn unseen() -> Self {
        Self {
            docs: String::new(),
            attributes: String::new(),
            ident: String::new(),
            ty: String::new(),
            initial: String::new(),
            setter: None,
            pattern: String::new(),
            local: String::new(),
            read: String::new(),
            finish: String::new(),
            writes: Vec::new(),
            entries: Entries::Always(0),
            local_only: false,
        }
    }
}

/// A builder method.
#[derive(Debug)]
pub(crate) struct Setter {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) value: String,
}

/// Entries of the map that a field makes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entries {
    /// Always as many.
    Always(usize),
    /// As many when the field is set.
    IfSet(usize),
}

#[derive(Template)]
#[template(path = "encode.txt")]
struct EncodeView<'a> {
    /// `Match`, or with a lifetime.
    ty: &'a str,
    entries: String,
    fields: &'a [FieldView],
}

#[derive(Template)]
#[template(path = "decode.txt")]
struct DecodeView<'a> {
    name: &'a str,
    fields: &'a [FieldView],
}

/// A struct of the schema.
pub(crate) fn generate(cx: &Cx<'_>, package: &Package, def: &TypeDef, record: &Record) -> String {
    let name = cx.names.of_type(def.id);
    let selector = format!("{}.{}", package.name.value, def.meta.name.value);
    let mut out = definition(cx, package, &def.meta, name, &selector, record, "");
    if cx.traits.type_is_checked(def.id) {
        out.push_str(&check::implementation(cx, name, &record.fields, "::lymph::check::Check"));
    }
    out
}

/// The struct of an event.
pub(crate) fn event(cx: &Cx<'_>, package: &Package, event: &Event) -> String {
    let name = cx.names.of_event(event.id);
    let selector = format!("{}.{}", package.name.value, event.meta.name.value);
    let mut out = definition(cx, package, &event.meta, name, &selector, &event.record, "An event.");
    out.push_str(&format!(
        "impl ::lymph::Event for {name} {{\n    const TOPIC: &'static str = {};\n    \
         const ALIASES: &'static [&'static str] = {};\n    const VERSION: ::lymph::Version = {};\n}}\n",
        literal::string(&event.meta.wire),
        literal::strings(event.meta.was.iter().map(|was| &*was.value)),
        version::constant(cx.versions(package.id).current),
    ));
    out
}

/// The struct with both directions of its codec.
fn definition(
    cx: &Cx<'_>,
    package: &Package,
    meta: &Meta,
    name: &str,
    selector: &str,
    record: &Record,
    fallback: &str,
) -> String {
    let fields = fields(cx, package.id, selector, &record.fields);
    let view = StructView {
        docs: if fallback.is_empty() { docs::of(meta, "") } else { docs::of_or(meta, "", fallback) },
        attributes: cx.attributes.of(selector, "") + &deprecated(meta, ""),
        derives: derives(cx, record.fields.iter(), false),
        name: name.to_owned(),
        parameters: parameters(cx, package.id, &record.fields),
        has_default: has_default(cx, &record.fields),
        fields,
    };
    format!("{}{}{}", view.text(), encode(name, &view.fields), decode(name, &view.fields))
}

impl StructView {
    pub(crate) fn text(&self) -> String {
        crate::render(self)
    }
}

/// `impl Encode`, for a struct or for borrowed arguments.
pub(crate) fn encode(ty: &str, fields: &[FieldView]) -> String {
    crate::render(&EncodeView { ty, entries: entries(fields), fields })
}

pub(crate) fn decode(name: &str, fields: &[FieldView]) -> String {
    crate::render(&DecodeView { name, fields })
}

pub(crate) fn fields(cx: &Cx<'_>, home: PackageId, selector: &str, fields: &[Field]) -> Vec<FieldView> {
    fields.iter().map(|field| self::field(cx, home, selector, field)).collect()
}

fn field(cx: &Cx<'_>, home: PackageId, selector: &str, field: &Field) -> FieldView {
    let bare = names::bare_value_name(&field.meta.name.value);
    let ident = names::escape(&bare);
    let local = format!("f_{bare}");
    let presence = types::presence(cx, field);
    let wire = literal::string(&field.meta.wire);
    let names: Vec<_> = wire_names(&field.meta).map(literal::string).collect();
    let default = field.default.as_ref().map(|default| default_value(cx, home, field, &default.value));
    let intake = types::intake(cx, home, field, &ident);
    let stored = types::intake(cx, home, field, "value").store;
    let optional = types::is_optional(cx, &field.ty);
    let (initial, finish) = match (&default, presence) {
        (Some(default), _) => (default.clone(), format!("{local}.unwrap_or_else(|| {default})")),
        (None, Presence::Optional) => ("::std::option::Option::None".to_owned(), local.clone()),
        (None, _) => (intake.store, format!("::lymph::generated::required({local}, {wire})?")),
    };
    let read = match presence {
        Presence::Required => format!("::std::option::Option::Some(d.field({wire})?)"),
        Presence::Optional | Presence::Defaulted => format!("d.field({wire})?"),
    };
    let skips_none = presence == Presence::Optional;
    let write = if skips_none { "optional" } else { "field" };
    let setter = (presence != Presence::Required).then(|| Setter {
        name: format!("with_{bare}"),
        ty: intake.ty,
        value: if optional { format!("::std::option::Option::Some({stored})") } else { stored },
    });
    FieldView {
        docs: docs::of(&field.meta, "    "),
        attributes: cx.attributes.of(&format!("{selector}.{}", field.meta.name.value), "    ")
            + &deprecated(&field.meta, "    "),
        ty: types::field(cx, home, field),
        initial,
        setter,
        pattern: names.join(" | "),
        read,
        finish,
        writes: names.iter().map(|name| format!("e.{write}({name}, &self.{ident})")).collect(),
        entries: if skips_none { Entries::IfSet(names.len()) } else { Entries::Always(names.len()) },
        local,
        ident,
        local_only: false,
    }
}

fn default_value(cx: &Cx<'_>, home: PackageId, field: &Field, default: &lymph_idl::model::Literal) -> String {
    literal::owned(cx, home, &field.ty, default)
}

/// The wire name and the former ones: readers take any, writers send all until the next major.
pub(crate) fn wire_names(meta: &Meta) -> impl Iterator<Item = &str> {
    std::iter::once(&*meta.wire).chain(meta.was.iter().map(|was| &*was.value))
}

/// Parameters of `new`: what is required, in the schema's order.
pub(crate) fn parameters(cx: &Cx<'_>, home: PackageId, fields: &[Field]) -> String {
    let required = fields.iter().filter(|field| types::presence(cx, field) == Presence::Required);
    let parameter = |field: &Field| {
        let ident = names::value_name(&field.meta.name.value);
        format!("{ident}: {}", types::intake(cx, home, field, &ident).ty)
    };
    required.map(parameter).collect::<Vec<_>>().join(", ")
}

pub(crate) fn has_default(cx: &Cx<'_>, fields: &[Field]) -> bool {
    fields.iter().all(|field| types::presence(cx, field) != Presence::Required)
}

/// The number of entries in the map: those always there, and one more for each that is set.
fn entries(fields: &[FieldView]) -> String {
    let always: usize =
        fields.iter().map(|field| if let Entries::Always(count) = field.entries { count } else { 0 }).sum();
    let mut sum = vec![always.to_string()];
    for field in fields {
        match field.entries {
            Entries::IfSet(1) => sum.push(format!("self.{}.is_some() as usize", field.ident)),
            Entries::IfSet(count) => sum.push(format!("{count} * self.{}.is_some() as usize", field.ident)),
            Entries::Always(_) => {}
        }
    }
    if always == 0 && sum.len() > 1 {
        sum.remove(0);
    }
    sum.join(" + ")
}

/// What is derived for something that holds `fields`; a hash only where equality is total.
pub(crate) fn derives<'a>(
    cx: &Cx<'_>,
    fields: impl Iterator<Item = &'a Field> + Clone,
    copy: bool,
) -> String {
    let mut derives = vec!["::std::clone::Clone", "::std::fmt::Debug", "::std::cmp::PartialEq"];
    if copy {
        derives.push("::std::marker::Copy");
    }
    if fields.clone().all(|field| cx.traits.eq(&field.ty)) {
        derives.push("::std::cmp::Eq");
        if fields.clone().all(|field| cx.traits.hash(&field.ty)) {
            derives.push("::std::hash::Hash");
        }
    }
    derives.join(", ")
}

/// `#[deprecated]`, as the schema says it.
pub(crate) fn deprecated(meta: &Meta, indent: &str) -> String {
    let Some(deprecation) = &meta.deprecated else { return String::new() };
    let since = match deprecation.since {
        lymph_idl::model::Since::Version(version) => format!("since = \"{version}\""),
        lymph_idl::model::Since::Next => String::new(),
    };
    let note = deprecation.why.as_ref().map(|why| format!("note = {}", literal::string(why)));
    let parts: Vec<_> = std::iter::once(since).chain(note).filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => format!("{indent}#[deprecated]\n"),
        false => format!("{indent}#[deprecated({})]\n", parts.join(", ")),
    }
}
