//! What travels, in MessagePack's words.

use lymph_idl::analysis::Declaration;
use lymph_idl::model::{
    Enum, Event, Field, Interface, Meta, Method, MethodKind, Scalar, Schema, Subscription, Type, TypeDef,
    TypeDefKind, TypeKind, Union,
};

/// Names that are listed of a record or an enum.
const MAX_NAMES: usize = 12;

/// How what is declared travels; `None` for what never does.
pub(super) fn travels(schema: &Schema, declaration: Declaration<'_>) -> Option<String> {
    Some(match declaration {
        Declaration::Package(package) => {
            format!("Its interfaces register as version `{}`.", package.version.value)
        }
        Declaration::Interface(interface) => {
            let package = schema.packages.iter().find(|package| package.file == interface.meta.span.file)?;
            format!("Registers as `{}@{}`.", interface.meta.wire, package.version.value)
        }
        Declaration::Method(interface, method) => self::method(schema, interface, method),
        Declaration::Parameter(_, _, param) => member(schema, param, "arguments"),
        Declaration::Field(def, field) if matches!(def.kind, TypeDefKind::Union(_)) => format!(
            "Travels as a `map` of one entry: `{}`, and {}.",
            quoted(&field.meta.wire),
            form(schema, &field.ty)
        ),
        Declaration::Field(def, field) if matches!(def.kind, TypeDefKind::Error(_)) => {
            member(schema, field, "error's `data`")
        }
        Declaration::Field(_, field) => member(schema, field, "map"),
        Declaration::EventField(_, field) => member(schema, field, "event's body"),
        Declaration::Variant(_, meta) => format!("Travels as the `str` `{}`.", quoted(&meta.wire)),
        Declaration::Type(def) => type_def(schema, def),
        Declaration::Event(event) => self::event(event),
        Declaration::Handler(interface, handler) => {
            let queue = format!("{}-{}", interface.meta.wire, handler.meta.wire);
            let queue = handler.delivery.queue.clone().unwrap_or(queue);
            let event = match &handler.subscription {
                Subscription::Event(id) => schema.event(*id).meta.wire.clone(),
                Subscription::Pattern(topic) => topic.clone(),
            };
            format!("Hears `{event}` through the queue `{queue}`.")
        }
    })
}

fn method(schema: &Schema, interface: &Interface, method: &Method) -> String {
    let subject = format!("{}.{}", interface.meta.wire, method.meta.wire);
    let arguments = match names(method.params.iter().map(|param| &param.meta)) {
        Some(names) => format!("its arguments as a `map` with {names}"),
        None => "an empty `map`".to_owned(),
    };
    match method.kind {
        MethodKind::Task => format!("Travels as the event `lymph.tasks.{subject}`: {arguments}."),
        MethodKind::Oneway => {
            format!("Travels as a request for `{subject}`: {arguments}. Nothing comes back.")
        }
        MethodKind::Rpc => {
            let result = method.result.as_ref().map_or("`nil`".to_owned(), |result| form(schema, result));
            format!("Travels as a request for `{subject}`: {arguments}. Comes back as {result}.")
        }
    }
}

fn member(schema: &Schema, field: &Field, of: &str) -> String {
    let mut said =
        format!("Travels in the {of} as `{}`: {}.", quoted(&field.meta.wire), form(schema, &field.ty));
    if field.default.is_some() {
        said.push_str(" Writers always send it; readers fill the default in where it is missing.");
    }
    said
}

fn event(event: &Event) -> String {
    let body = match names(event.record.fields.iter().map(|field| &field.meta)) {
        Some(names) => format!("a `map` with {names}"),
        None => "an empty `map`".to_owned(),
    };
    format!("Travels under the routing key `{}`: {body}.", event.meta.wire)
}

fn type_def(schema: &Schema, def: &TypeDef) -> String {
    match &def.kind {
        TypeDefKind::Struct(record) => {
            let body = match names(record.fields.iter().map(|field| &field.meta)) {
                Some(names) => format!("a `map` with {names}"),
                None => "an empty `map`".to_owned(),
            };
            let others = if record.closed { "refuse" } else { "ignore" };
            format!("Travels as {body}. Readers {others} keys that they do not know.")
        }
        TypeDefKind::Enum(declared) => self::enumeration(declared),
        TypeDefKind::Union(union) => self::union(union),
        TypeDefKind::Alias(target) => format!("Travels as {}.", form(schema, target)),
        TypeDefKind::Error(error) => {
            let data = match names(error.record.fields.iter().map(|field| &field.meta)) {
                Some(names) => format!(", and `data` with {names}"),
                None => String::new(),
            };
            format!("Travels as a `map` with `type` `{}`, a `message`{data}.", quoted(&def.meta.wire))
        }
    }
}

fn enumeration(declared: &Enum) -> String {
    let names = names(declared.variants.iter()).unwrap_or_default();
    format!("Travels as a `str`: {names}. {}", unknown(declared.closed, declared.fallback.as_deref()))
}

fn union(union: &Union) -> String {
    let names = names(union.variants.iter().map(|variant| &variant.meta)).unwrap_or_default();
    format!("Travels as a `map` of one entry, with one of the keys {names}. {}", unknown(union.closed, None))
}

fn unknown(closed: bool, fallback: Option<&str>) -> String {
    match fallback {
        _ if closed => "Readers refuse others.".to_owned(),
        Some(fallback) => format!("Readers take others for `{fallback}`."),
        None => "Readers keep others as they came.".to_owned(),
    }
}

/// The form of a type's values.
fn form(schema: &Schema, ty: &Type) -> String {
    match &ty.kind {
        TypeKind::Scalar(scalar) => self::scalar(*scalar),
        TypeKind::List(element) => format!("an `array`, each {}", form(schema, element)),
        TypeKind::Set(element) => {
            format!("a tagged `map` that holds an `array`, each {}", form(schema, element))
        }
        TypeKind::Map(key, value) => {
            format!("a `map` from {} to {}", form(schema, key), form(schema, value))
        }
        TypeKind::Optional(inner) => format!("{}, `nil` or missing", form(schema, inner)),
        TypeKind::Patch(inner) => {
            format!("{}, `nil` to clear it, or missing to leave it", form(schema, inner))
        }
        TypeKind::Named(id) => {
            let def = schema.type_def(*id);
            let name = &def.meta.name.value;
            match &def.kind {
                TypeDefKind::Struct(_) => format!("a `map` (`{name}`)"),
                TypeDefKind::Enum(_) => format!("a `str` (`{name}`)"),
                TypeDefKind::Union(_) => format!("a `map` of one entry (`{name}`)"),
                TypeDefKind::Alias(target) => form(schema, target),
                TypeDefKind::Error(_) => format!("an error (`{name}`)"),
            }
        }
    }
}

fn scalar(scalar: Scalar) -> String {
    match scalar {
        Scalar::Bool => "a `bool`".to_owned(),
        Scalar::F32 | Scalar::F64 => "a `float`".to_owned(),
        Scalar::String => "a `str`".to_owned(),
        Scalar::Bytes => "a `bin`".to_owned(),
        Scalar::Duration => "an `int` of microseconds".to_owned(),
        Scalar::Any => "any value".to_owned(),
        Scalar::DateTime | Scalar::Date | Scalar::Time | Scalar::Decimal | Scalar::Uuid => {
            format!("a tagged `map` (`{}`)", scalar.name())
        }
        _ => match scalar.int_range() {
            Some((min, max)) => format!("an `int` from {min} to {max}"),
            None => format!("a `{}`", scalar.name()),
        },
    }
}

/// The names under which members travel.
fn names<'a>(members: impl Iterator<Item = &'a Meta>) -> Option<String> {
    let names: Vec<String> = members.map(|meta| format!("`{}`", quoted(&meta.wire))).collect();
    match names.len() {
        0 => None,
        count if count > MAX_NAMES => {
            Some(format!("{} and {} more", names[..MAX_NAMES].join(", "), count - MAX_NAMES))
        }
        _ => Some(names.join(", ")),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}
