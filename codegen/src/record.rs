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
    pub(crate) derives: Derives,
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
    /// The method that clears it; `None` where nil says no more than nothing.
    pub(crate) clearer: Option<String>,
    /// Names that it is read by, as literals.
    pub(crate) names: Vec<String>,
    /// The variable that holds it while the others are read.
    pub(crate) local: String,
    /// What the variable holds before.
    pub(crate) start: String,
    /// Reads its value.
    pub(crate) read: String,
    /// Its value when all are read.
    pub(crate) finish: String,
    /// Its name on the wire, as a literal.
    pub(crate) wire: String,
    /// Whether there is no value without it.
    pub(crate) is_required: bool,
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
            clearer: None,
            names: Vec::new(),
            local: String::new(),
            start: String::new(),
            read: String::new(),
            finish: String::new(),
            wire: String::new(),
            is_required: false,
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
    /// As many when the field is set or cleared.
    IfSent(usize),
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
    /// All names that are read, with commas between.
    names: String,
    arms: Vec<Arm<'a>>,
    /// The variables of fields without which there is no value, each with a comma behind it.
    required: String,
    /// Patterns that take those out of their `Option`.
    required_patterns: String,
    /// Which of them are missing, by name.
    missing: String,
    /// What the struct is called where unknown keys are refused; `None` where they are skipped.
    closed: Option<String>,
}

/// Reads one field.
struct Arm<'a> {
    /// Matches the places of its names.
    pattern: String,
    read: &'a str,
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
    let ttl = event.ttl.map_or_else(String::new, |ttl| {
        let ttl = literal::some_duration(ttl);
        format!("    const TTL: ::std::option::Option<::std::time::Duration> = {ttl};\n")
    });
    out.push_str(&format!(
        "impl ::lymph::Event for {name} {{\n    const TOPIC: &'static str = {};\n    \
         const ALIASES: &'static [&'static str] = {};\n    const VERSION: ::lymph::Version = {};\n{ttl}}}\n",
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
        derives: Derives::of(cx, record.fields.iter()),
        name: name.to_owned(),
        parameters: parameters(cx, package.id, &record.fields),
        has_default: has_default(cx, &record.fields),
        fields,
    };
    let closed = record.closed.then_some(&*meta.name.value);
    format!("{}{}{}", view.text(), encode(name, &view.fields), decode(name, &view.fields, closed))
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

/// `impl Decode`; it refuses unknown keys in the name of `closed`, and skips them when that is `None`.
pub(crate) fn decode(name: &str, fields: &[FieldView], closed: Option<&str>) -> String {
    let required = || fields.iter().filter(|field| field.is_required);
    let each = |form: &dyn Fn(&FieldView) -> String| required().map(form).collect::<String>();
    let mut names = Vec::new();
    let mut arms = Vec::new();
    for field in fields.iter().filter(|field| !field.local_only) {
        let places = names.len()..names.len() + field.names.len();
        let pattern = places.map(|place| place.to_string()).collect::<Vec<_>>().join(" | ");
        arms.push(Arm { pattern, read: &field.read });
        names.extend(field.names.iter().map(String::as_str));
    }
    crate::render(&DecodeView {
        name,
        fields,
        names: names.join(", "),
        arms,
        closed: closed.map(literal::string),
        required: each(&|field| format!("{}, ", field.local)).trim_end().to_owned(),
        required_patterns: each(&|field| format!("::std::option::Option::Some({}), ", field.local))
            .trim_end()
            .to_owned(),
        missing: format!(
            "[{}]",
            each(&|field| format!("({}, {}.is_none()), ", field.wire, field.local)).trim_end_matches(", ")
        ),
    })
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
    let none = || "::std::option::Option::None".to_owned();
    let keep = || "::lymph::Patch::Keep".to_owned();
    let (reader, start, initial) = match (&default, presence) {
        (Some(default), _) => ("defaulted", default.clone(), default.clone()),
        (None, Presence::Optional) => ("optional", none(), none()),
        (None, Presence::Patched) => ("patch", keep(), keep()),
        (None, _) => ("required", none(), intake.store),
    };
    let read = format!("::lymph::generated::{reader}(d, {wire}, &mut {local})");
    let (write, entries) = match presence {
        Presence::Required | Presence::Defaulted => ("field", Entries::Always(names.len())),
        Presence::Optional => ("optional", Entries::IfSet(names.len())),
        Presence::Patched => ("patch", Entries::IfSent(names.len())),
    };
    let setter = (presence != Presence::Required).then(|| Setter {
        name: format!("with_{bare}"),
        ty: intake.ty,
        value: presence.set(stored),
    });
    FieldView {
        docs: docs::of(&field.meta, "    "),
        attributes: cx.attributes.of(&format!("{selector}.{}", field.meta.name.value), "    ")
            + &deprecated(&field.meta, "    "),
        ty: types::field(cx, home, field),
        initial,
        setter,
        clearer: (presence == Presence::Patched).then(|| format!("clear_{bare}")),
        read,
        finish: local.clone(),
        start,
        writes: names.iter().map(|name| format!("e.{write}({name}, &self.{ident})")).collect(),
        names,
        entries,
        is_required: presence == Presence::Required,
        wire,
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

/// The number of entries in the map: those always there, and those of each field that is sent.
fn entries(fields: &[FieldView]) -> String {
    let always: usize =
        fields.iter().map(|field| if let Entries::Always(count) = field.entries { count } else { 0 }).sum();
    let mut sum = vec![always.to_string()];
    for field in fields {
        match field.entries {
            Entries::IfSet(1) => sum.push(format!("self.{}.is_some() as usize", field.ident)),
            Entries::IfSet(count) => sum.push(format!("{count} * self.{}.is_some() as usize", field.ident)),
            Entries::IfSent(1) => sum.push(format!("!self.{}.is_keep() as usize", field.ident)),
            Entries::IfSent(count) => sum.push(format!("{count} * !self.{}.is_keep() as usize", field.ident)),
            Entries::Always(_) => {}
        }
    }
    if always == 0 && sum.len() > 1 {
        sum.remove(0);
    }
    sum.join(" + ")
}

/// What a type can do by itself.
#[derive(Debug)]
pub(crate) struct Derives {
    /// Paths of the traits, for the attribute.
    pub(crate) list: &'static str,
    /// Whether equality is total. An empty `impl` says so: the derive would check every field again,
    /// which takes rustc longer than all else that is derived.
    pub(crate) is_eq: bool,
}

impl Derives {
    const PARTIAL: &'static str = "::std::clone::Clone, ::std::fmt::Debug, ::std::cmp::PartialEq";
    const HASH: &'static str =
        "::std::clone::Clone, ::std::fmt::Debug, ::std::cmp::PartialEq, ::std::hash::Hash";
    const COPY: &'static str = "::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug, \
                                ::std::cmp::PartialEq, ::std::hash::Hash";

    /// For something that holds `fields`.
    pub(crate) fn of<'a>(cx: &Cx<'_>, mut fields: impl Iterator<Item = &'a Field> + Clone) -> Self {
        let is_eq = fields.clone().all(|field| cx.traits.eq(&field.ty));
        let hash = is_eq && fields.all(|field| cx.traits.hash(&field.ty));
        Self { list: if hash { Self::HASH } else { Self::PARTIAL }, is_eq }
    }

    /// For names alone.
    pub(crate) fn of_names(closed: bool) -> Self {
        Self { list: if closed { Self::COPY } else { Self::HASH }, is_eq: true }
    }

    /// Without a hash, whatever the fields have.
    pub(crate) fn without_hash(self) -> Self {
        Self { list: Self::PARTIAL, ..self }
    }

    /// For requests, which are made to be taken apart.
    pub(crate) fn of_request() -> Self {
        Self { list: Self::PARTIAL, is_eq: false }
    }
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
