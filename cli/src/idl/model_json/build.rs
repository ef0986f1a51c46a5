//! From the model to the document.

use std::path::Path;
use std::time::Duration;

use lymph_idl::model::{self, EventId, PackageId, Schema, Since, TypeId};
use lymph_idl::{Span, Spanned};
use serde_json::{Map, Value};

use super::types::{
    Argument, Attribute, Constraints, DefaultValue, Delivery, DeliveryMode, Deprecation, Document, Emits,
    Event, Field, Handler, Http, Interface, Meta, Method, MethodKind, Package, PackageRef, Place, Raise,
    Reference, Shape, Source, Type, TypeDef, TypeDefKind,
};

/// The document of a schema whose imports were looked up in `include`.
pub(super) fn document(schema: &Schema, include: &[impl AsRef<Path>]) -> Document {
    let builder = Builder { schema };
    Document {
        lymph_model: super::VERSION,
        include: include.iter().map(|folder| path(folder.as_ref())).collect(),
        packages: schema.packages.iter().map(|package| builder.package(package)).collect(),
        sources: schema.packages.iter().map(|package| builder.source(package)).collect(),
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

fn since(since: Since) -> String {
    match since {
        Since::Version(version) => version.to_string(),
        Since::Next => "next".to_owned(),
    }
}

fn since_of(spanned: Option<&Spanned<Since>>) -> Option<String> {
    spanned.map(|spanned| since(spanned.value))
}

fn names(names: &[Spanned<String>]) -> Vec<String> {
    names.iter().map(|name| name.value.clone()).collect()
}

/// Schemas say no longer ones than these.
fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn literal(value: &model::Literal) -> Value {
    match value {
        model::Literal::Bool(value) => Value::Bool(*value),
        model::Literal::Int(value) => integer(*value),
        model::Literal::Float(value) => float(*value),
        model::Literal::String(value) => Value::String(value.clone()),
        model::Literal::Name(name) => {
            Value::Object(Map::from_iter([("name".to_owned(), Value::String(name.clone()))]))
        }
        model::Literal::List(values) => Value::Array(values.iter().map(literal).collect()),
        model::Literal::EmptyMap => Value::Object(Map::new()),
    }
}

fn integer(value: i128) -> Value {
    let small = i64::try_from(value).map(Value::from).or_else(|_| u64::try_from(value).map(Value::from));
    small.unwrap_or_else(|_| Value::String(value.to_string()))
}

fn float(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
}

fn bound(bound: Option<model::Number>) -> Value {
    match bound {
        Some(model::Number::Int(value)) => integer(value),
        Some(model::Number::Float(value)) => float(value),
        None => Value::Null,
    }
}

fn delivery(delivery: &model::Delivery) -> Delivery {
    let (mode, serial) = match &delivery.mode {
        model::DeliveryMode::Shared => (DeliveryMode::Shared, None),
        model::DeliveryMode::Sequential => (DeliveryMode::Sequential, None),
        model::DeliveryMode::Broadcast => (DeliveryMode::Broadcast, None),
        model::DeliveryMode::Serial { key, partitions } => {
            (DeliveryMode::Serial, Some((key.clone(), *partitions)))
        }
    };
    let (key, partitions) = serial.unzip();
    let model::Delivery { retries, durable, queue, .. } = delivery;
    Delivery { mode, key, partitions, retries: *retries, durable: *durable, queue: queue.clone() }
}

struct Builder<'a> {
    schema: &'a Schema,
}

impl Builder<'_> {
    fn source(&self, package: &model::Package) -> Source {
        let file = self.schema.sources.file(package.file);
        Source { path: path(&file.path), text: file.text.to_string() }
    }

    fn place(&self, span: Span) -> Place {
        let file = self.schema.sources.file(span.file);
        let ((line, column), (end_line, end_column)) =
            (file.line_column(span.start), file.line_column(span.end));
        Place { file: path(&file.path), line, column, end_line, end_column }
    }

    fn package(&self, package: &model::Package) -> Package {
        let event = |id: &EventId| self.event(self.schema.event(*id));
        let type_def = |id: &TypeId| self.type_def(self.schema.type_def(*id));
        Package {
            name: package.name.value.clone(),
            version: package.version.value.to_string(),
            docs: package.docs.clone(),
            file: path(&self.schema.sources.file(package.file).path),
            requested: package.is_root,
            versioned_module: package.versioned_module,
            imports: package.imports.iter().map(|import| self.package_ref(*import)).collect(),
            attributes: self.attributes(&package.attributes),
            at: self.place(package.name.span),
            interfaces: package.interfaces.iter().map(|interface| self.interface(interface)).collect(),
            events: package.events.iter().map(event).collect(),
            types: package.types.iter().map(type_def).collect(),
        }
    }

    fn package_ref(&self, id: PackageId) -> PackageRef {
        let package = self.schema.package(id);
        PackageRef { package: package.name.value.clone(), version: package.version.value.to_string() }
    }

    fn reference(&self, package: PackageId, meta: &model::Meta) -> Reference {
        let PackageRef { package, version } = self.package_ref(package);
        Reference { package, version, name: meta.name.value.clone() }
    }

    fn type_reference(&self, id: TypeId) -> Reference {
        let def = self.schema.type_def(id);
        self.reference(def.package, &def.meta)
    }

    fn event_reference(&self, id: EventId) -> Reference {
        let event = self.schema.event(id);
        self.reference(event.package, &event.meta)
    }

    fn meta(&self, meta: &model::Meta) -> Meta {
        let deprecated = meta.deprecated.as_ref();
        Meta {
            name: meta.name.value.clone(),
            wire: meta.wire.clone(),
            was: names(&meta.was),
            docs: meta.docs.clone(),
            since: since_of(meta.since.as_ref()),
            deprecated: deprecated.map(|deprecated| Deprecation {
                since: since(deprecated.since),
                why: deprecated.why.clone(),
            }),
            unstable: meta.unstable,
            attributes: self.attributes(&meta.attributes),
            at: self.place(meta.span),
        }
    }

    fn attributes(&self, attributes: &[model::CustomAttribute]) -> Vec<Attribute> {
        let argument = |(name, value): &(Option<String>, model::Literal)| Argument {
            name: name.clone(),
            value: literal(value),
        };
        let attribute = |attribute: &model::CustomAttribute| Attribute {
            name: attribute.name.value.clone(),
            arguments: attribute.arguments.iter().map(argument).collect(),
            at: self.place(attribute.name.span),
        };
        attributes.iter().map(attribute).collect()
    }

    fn interface(&self, interface: &model::Interface) -> Interface {
        let emits = |emits: &model::Emits| Emits {
            event: self.event_reference(emits.event),
            since: since_of(emits.since.as_ref()),
            attributes: self.attributes(&emits.attributes),
            at: self.place(emits.span),
        };
        Interface {
            meta: self.meta(&interface.meta),
            methods: interface.methods.iter().map(|method| self.method(method)).collect(),
            emits: interface.emits.iter().map(emits).collect(),
            handlers: interface.handlers.iter().map(|handler| self.handler(handler)).collect(),
        }
    }

    fn handler(&self, handler: &model::Handler) -> Handler {
        let (event, pattern) = match &handler.subscription {
            model::Subscription::Event(id) => (Some(self.event_reference(*id)), None),
            model::Subscription::Pattern(pattern) => (None, Some(pattern.clone())),
        };
        Handler { meta: self.meta(&handler.meta), event, pattern, delivery: delivery(&handler.delivery) }
    }

    fn method(&self, method: &model::Method) -> Method {
        let raise = |raise: &model::Raise| Raise {
            error: self.type_reference(raise.error),
            since: since_of(raise.since.as_ref()),
            attributes: self.attributes(&raise.attributes),
            at: self.place(raise.span),
        };
        let http = |http: &model::HttpMapping| Http {
            verb: http.verb.clone(),
            path: http.path.clone(),
            status: http.status,
        };
        Method {
            meta: self.meta(&method.meta),
            kind: match method.kind {
                model::MethodKind::Rpc => MethodKind::Rpc,
                model::MethodKind::Oneway => MethodKind::Oneway,
                model::MethodKind::Task => MethodKind::Task,
            },
            params: self.fields(&method.params),
            result: method.result.as_ref().map(|result| self.ty(result)),
            raises: method.raises.iter().map(raise).collect(),
            timeout_micros: method.timeout.map(micros),
            idempotent: method.idempotent,
            raw: method.raw,
            internal: method.internal,
            http: method.http.as_ref().map(http),
            delivery: delivery(&method.delivery),
        }
    }

    fn event(&self, event: &model::Event) -> Event {
        Event {
            meta: self.meta(&event.meta),
            fields: self.fields(&event.record.fields),
            reserved: names(&event.record.reserved),
            ttl_micros: event.ttl.map(micros),
        }
    }

    fn type_def(&self, def: &model::TypeDef) -> TypeDef {
        let kind = match &def.kind {
            model::TypeDefKind::Struct(record) => TypeDefKind::Struct {
                closed: record.closed,
                fields: self.fields(&record.fields),
                reserved: names(&record.reserved),
            },
            model::TypeDefKind::Enum(declared) => TypeDefKind::Enum {
                closed: declared.closed,
                variants: declared.variants.iter().map(|variant| self.meta(variant)).collect(),
                fallback: declared.fallback.clone(),
                reserved: names(&declared.reserved),
            },
            model::TypeDefKind::Union(union) => TypeDefKind::Union {
                closed: union.closed,
                variants: self.fields(&union.variants),
                reserved: names(&union.reserved),
            },
            model::TypeDefKind::Alias(target) => TypeDefKind::Alias { target: Box::new(self.ty(target)) },
            model::TypeDefKind::Error(error) => TypeDefKind::Error {
                fields: self.fields(&error.record.fields),
                reserved: names(&error.record.reserved),
                retryable: error.retryable,
            },
        };
        TypeDef { meta: self.meta(&def.meta), kind }
    }

    fn fields(&self, fields: &[model::Field]) -> Vec<Field> {
        let default = |default: &Spanned<model::Literal>| DefaultValue {
            value: literal(&default.value),
            at: self.place(default.span),
        };
        let field = |field: &model::Field| Field {
            meta: self.meta(&field.meta),
            ty: self.ty(&field.ty),
            default: field.default.as_ref().map(default),
            boxed: field.boxed,
        };
        fields.iter().map(field).collect()
    }

    fn ty(&self, ty: &model::Type) -> Type {
        let of = |inner: &model::Type| Box::new(self.ty(inner));
        let shape = match &ty.kind {
            model::TypeKind::Scalar(scalar) => Shape::Scalar { scalar: scalar.name() },
            model::TypeKind::List(inner) => Shape::List { of: of(inner) },
            model::TypeKind::Set(inner) => Shape::Set { of: of(inner) },
            model::TypeKind::Map(key, inner) => Shape::Map { key: of(key), of: of(inner) },
            model::TypeKind::Optional(inner) => Shape::Optional { of: of(inner) },
            model::TypeKind::Patch(inner) => Shape::Patch { of: of(inner) },
            model::TypeKind::Named(id) => Shape::Named { named: self.type_reference(*id) },
        };
        let model::Bounds { min, max, pattern } = &*ty.constraints;
        let constraints = Constraints { min: bound(*min), max: bound(*max), pattern: pattern.clone() };
        let constraints = (!ty.constraints.is_empty()).then_some(constraints);
        Type { shape, constraints, at: self.place(ty.span) }
    }
}
