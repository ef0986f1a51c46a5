//! What a schema means on the wire, so that two can be compared: names as they travel, ages as they count.

use std::fmt::Write as _;

use lymph_idl::Schema;
use lymph_idl::model::{
    CustomAttribute, DeliveryMode, Event, Field, Handler, Interface, Literal, Meta, Method, Package, Record,
    Since, Subscription, Type, TypeDef, TypeDefKind, TypeKind,
};

use crate::constraints::is_no_limit;

/// Everything that peers can notice of the packages asked for. Equal for schemas that differ in declared names,
/// imports, layout and docs only.
pub(super) fn meaning(schema: &Schema) -> String {
    let mut out = Meaning { schema, text: String::new() };
    for package in schema.packages.iter().filter(|package| package.is_root) {
        out.package(package);
    }
    out.text
}

struct Meaning<'a> {
    schema: &'a Schema,
    text: String,
}

impl Meaning<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn package(&mut self, package: &Package) {
        let attributes = custom(&package.attributes);
        self.line(format!("package {} {} {attributes}", package.name.value, package.version.value));
        package.interfaces.iter().for_each(|interface| self.interface(interface));
        let schema = self.schema;
        package.events.iter().for_each(|id| self.event(schema.event(*id)));
        package.types.iter().for_each(|id| self.type_def(schema.type_def(*id)));
    }

    fn interface(&mut self, interface: &Interface) {
        let since = age(&interface.meta, None);
        self.line(format!("interface {}", meta(&interface.meta, None)));
        interface.methods.iter().for_each(|method| self.method(method, since));
        for emits in &interface.emits {
            let event = &self.schema.event(emits.event).meta.wire;
            let own = emits.since.as_ref().map(|since| since.value).or(since);
            self.line(format!("emits {event} {own:?} {}", custom(&emits.attributes)));
        }
        interface.handlers.iter().for_each(|handler| self.handler(handler, since));
    }

    fn method(&mut self, method: &Method, owner: Option<Since>) {
        let result = method.result.as_ref().map(|result| self.ty(result));
        self.line(format!(
            "{:?} {} -> {result:?} timeout {:?} idempotent {} raw {} internal {} {:?}",
            method.kind,
            meta(&method.meta, owner),
            method.timeout,
            method.idempotent,
            method.raw,
            method.internal,
            method.delivery,
        ));
        if let Some(http) = &method.http {
            // The names of parameters are not part of a request's path; which one stands where is.
            let mut path = http.path.clone();
            for param in &method.params {
                path = path
                    .replace(&format!("{{{}}}", param.meta.name.value), &format!("{{={}}}", param.meta.wire));
            }
            self.line(format!("http {} {path} {:?}", http.verb, http.status));
        }
        let since = age(&method.meta, owner);
        self.fields(&method.params, since);
        for raise in &method.raises {
            let own = raise.since.as_ref().map(|since| since.value).or(since);
            let error = self.name(self.schema.type_def(raise.error));
            self.line(format!("raises {error} {own:?} {}", custom(&raise.attributes)));
        }
    }

    fn handler(&mut self, handler: &Handler, owner: Option<Since>) {
        let (topic, event) = match &handler.subscription {
            Subscription::Event(id) => {
                (self.schema.event(*id).meta.wire.as_str(), Some(self.schema.event(*id)))
            }
            Subscription::Pattern(pattern) => (pattern.as_str(), None),
        };
        let mode = match &handler.delivery.mode {
            DeliveryMode::Serial { key, partitions } => {
                let mut fields = event.iter().flat_map(|event| &event.record.fields);
                let field = fields.find(|field| field.meta.name.value == *key);
                format!("serial {:?} {partitions}", field.map(|field| &field.meta.wire))
            }
            mode => format!("{mode:?}"),
        };
        let delivery = &handler.delivery;
        self.line(format!(
            "on {topic} {} {mode} {} {} {:?}",
            meta(&handler.meta, owner),
            delivery.retries,
            delivery.durable,
            delivery.queue,
        ));
    }

    fn event(&mut self, event: &Event) {
        self.line(format!("event {} {:?}", meta(&event.meta, None), event.ttl));
        self.record(&event.record, age(&event.meta, None));
    }

    fn type_def(&mut self, def: &TypeDef) {
        let since = age(&def.meta, None);
        // Named for the places that use it.
        self.line(format!("type {} {}", self.name(def), meta(&def.meta, None)));
        match &def.kind {
            TypeDefKind::Struct(record) => self.record(record, since),
            TypeDefKind::Error(error) => {
                self.line(format!("retryable {}", error.retryable));
                self.record(&error.record, since);
            }
            TypeDefKind::Union(union) => {
                self.line(format!("closed {} reserved {:?}", union.closed, values(&union.reserved)));
                self.fields(&union.variants, since);
            }
            TypeDefKind::Enum(declared) => {
                let wire = |name: &String| variant(&declared.variants, name);
                let fallback = declared.fallback.as_ref().map(wire);
                let reserved = values(&declared.reserved);
                self.line(format!("closed {} fallback {fallback:?} reserved {reserved:?}", declared.closed));
                declared.variants.iter().for_each(|variant| self.line(meta(variant, since)));
            }
            TypeDefKind::Alias(target) => self.line(self.ty(target)),
        }
    }

    fn record(&mut self, record: &Record, owner: Option<Since>) {
        self.line(format!("closed {} reserved {:?}", record.closed, values(&record.reserved)));
        self.fields(&record.fields, owner);
    }

    fn fields(&mut self, fields: &[Field], owner: Option<Since>) {
        for field in fields {
            let default = field.default.as_ref().map(|default| self.literal(&field.ty, &default.value));
            self.line(format!("{}: {} = {default:?}", meta(&field.meta, owner), self.ty(&field.ty)));
        }
    }

    fn name(&self, def: &TypeDef) -> String {
        let package = self.schema.package(def.package);
        // Names of errors travel; what other types are called does not matter, but which one is meant does.
        let name =
            if matches!(def.kind, TypeDefKind::Error(_)) { &def.meta.wire } else { &def.meta.name.value };
        format!("{}@{}.{name}", package.name.value, package.version.value.major)
    }

    fn ty(&self, ty: &Type) -> String {
        let mut text = match &ty.kind {
            TypeKind::Scalar(scalar) => scalar.name().to_owned(),
            TypeKind::List(inner) => format!("list<{}>", self.ty(inner)),
            TypeKind::Set(inner) => format!("set<{}>", self.ty(inner)),
            TypeKind::Map(key, value) => format!("map<{}, {}>", self.ty(key), self.ty(value)),
            TypeKind::Optional(inner) => format!("{}?", self.ty(inner)),
            TypeKind::Patch(inner) => format!("patch<{}>", self.ty(inner)),
            TypeKind::Named(id) => self.name(self.schema.type_def(*id)),
        };
        if !is_no_limit(ty) {
            let _ = write!(text, "({:?})", ty.constraints);
        }
        text
    }

    /// A default with variants by the names that travel.
    fn literal(&self, ty: &Type, literal: &Literal) -> String {
        let ty = self.schema.resolve_alias(ty);
        match (literal, &ty.kind) {
            (Literal::Name(name), TypeKind::Named(id)) => match &self.schema.type_def(*id).kind {
                TypeDefKind::Enum(declared) => variant(&declared.variants, name),
                _ => name.clone(),
            },
            (Literal::List(values), TypeKind::List(inner) | TypeKind::Set(inner)) => {
                let values: Vec<String> = values.iter().map(|value| self.literal(inner, value)).collect();
                format!("{values:?}")
            }
            _ => format!("{literal:?}"),
        }
    }
}

/// How the variant that is declared as `name` travels.
fn variant(variants: &[Meta], name: &str) -> String {
    let found = variants.iter().find(|variant| variant.name.value == name);
    found.map_or_else(|| name.to_owned(), |variant| variant.wire.clone())
}

fn meta(meta: &Meta, owner: Option<Since>) -> String {
    let was: Vec<&String> = meta.was.iter().map(|was| &was.value).collect();
    let (since, deprecated, attributes) = (age(meta, owner), &meta.deprecated, custom(&meta.attributes));
    format!(
        "{} was {was:?} since {since:?} {deprecated:?} unstable {} {attributes}",
        meta.wire, meta.unstable
    )
}

/// Since when it is there: its own word or its owner's, and `None` since the major began.
fn age(meta: &Meta, owner: Option<Since>) -> Option<Since> {
    let own = meta.since.as_ref().map(|since| since.value);
    own.or(owner).filter(|since| !matches!(since, Since::Version(version) if version.minor == 0))
}

/// Attributes of the user's own; those of the linter are for people.
fn custom(attributes: &[CustomAttribute]) -> String {
    let own = attributes.iter().filter(|attribute| !attribute.name.value.starts_with("lint."));
    own.map(|attribute| format!("{}{:?}", attribute.name.value, attribute.arguments)).collect()
}

fn values(names: &[lymph_idl::Spanned<String>]) -> Vec<&String> {
    names.iter().map(|name| &name.value).collect()
}
