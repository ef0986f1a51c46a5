//! The resolved schema: every name looked up, every default checked, every wire name known.
//!
//! This is what code generation and the compatibility relation read. Order is the order of the
//! source; nothing depends on hashing.

mod types;

use std::sync::Arc;
use std::time::Duration;

use crate::load::Unit;
use crate::source::{FileId, SourceMap, Span, Spanned};
use crate::version::Version;
pub use types::{Bounds, Constraints, Literal, Number, Scalar, Type, TypeKind};

/// A package of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId(pub(crate) u32);

/// A struct, enum, union, alias or error of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) u32);

/// An event of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) u32);

/// Everything that one run read: the files asked for and what they import.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Every file read, for messages and for `rerun-if-changed`.
    pub sources: SourceMap,
    /// The packages asked for in the order given, then imported ones in order of first use.
    pub packages: Vec<Package>,
    pub(crate) types: Vec<TypeDef>,
    pub(crate) events: Vec<Event>,
    /// What it was made of, one for each package.
    pub(crate) units: Arc<[Unit]>,
}

impl Schema {
    /// The package behind `id`.
    #[must_use]
    pub fn package(&self, id: PackageId) -> &Package {
        &self.packages[id.0 as usize]
    }

    /// The types of every file, in the order of their ids.
    pub fn types(&self) -> impl Iterator<Item = &TypeDef> {
        self.types.iter()
    }

    /// The package asked for or imported under a name, the highest version if there are several.
    #[must_use]
    pub fn package_named(&self, name: &str) -> Option<&Package> {
        let named = self.packages.iter().filter(|package| package.name.value == name);
        named.max_by_key(|package| package.version.value)
    }

    /// The type behind `id`.
    #[must_use]
    pub fn type_def(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0 as usize]
    }

    /// The event behind `id`.
    #[must_use]
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.0 as usize]
    }

    /// `ty` with aliases replaced by what they stand for, at the outermost level only.
    #[must_use]
    pub fn resolve_alias<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let TypeKind::Named(id) = &ty.kind {
            match &self.type_def(*id).kind {
                TypeDefKind::Alias(target) => ty = target,
                _ => break,
            }
        }
        ty
    }
}

/// One version line: one file.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its place in [`Schema::packages`].
    pub id: PackageId,
    /// Dotted, as in `maps.geo`.
    pub name: Spanned<String>,
    /// What its interfaces register under.
    pub version: Spanned<Version>,
    /// `//!` lines without their marker.
    pub docs: Vec<String>,
    /// The one file that holds it.
    pub file: FileId,
    /// Whether the file is named `v1.lymph`, `v2.lymph`, …: majors side by side, each a module `v1`, `v2`.
    pub versioned_module: bool,
    /// Whether it was asked for, not only imported.
    pub is_root: bool,
    /// Packages named by its `use` lines.
    pub imports: Vec<PackageId>,
    /// In source order.
    pub interfaces: Vec<Interface>,
    /// In source order.
    pub events: Vec<EventId>,
    /// Structs, enums, unions, aliases and errors, in source order.
    pub types: Vec<TypeId>,
    /// Attributes with a dotted name.
    pub attributes: Vec<CustomAttribute>,
}

/// When a member came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Since {
    /// In a released version.
    Version(Version),
    /// In the version not yet released.
    Next,
}

/// `@deprecated(1.4, "why")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    /// The version that deprecated it.
    pub since: Since,
    /// What to use instead.
    pub why: Option<String>,
}

/// An attribute of the user's own, as `@acme.owner("food")`.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomAttribute {
    /// Dotted.
    pub name: Spanned<String>,
    /// Positional and named arguments in source order.
    pub arguments: Vec<(Option<String>, Literal)>,
}

/// What every declaration and member carries.
#[derive(Debug, Clone)]
pub struct Meta {
    /// As written; unescaped.
    pub name: Spanned<String>,
    /// As it travels: `@wire`, else the name.
    pub wire: String,
    /// Former wire names still understood.
    pub was: Vec<Spanned<String>>,
    /// Doc lines without their marker.
    pub docs: Vec<String>,
    /// `None`: since the package's first version of this major.
    pub since: Option<Spanned<Since>>,
    /// `@deprecated`.
    pub deprecated: Option<Box<Deprecation>>,
    /// `@unstable`: may change without a new major.
    pub unstable: bool,
    /// Attributes with a dotted name.
    pub attributes: Vec<CustomAttribute>,
    /// The whole declaration without its docs.
    pub span: Span,
}

/// A named type.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Its place in the schema.
    pub id: TypeId,
    /// Where it is declared.
    pub package: PackageId,
    /// Name, docs, history.
    pub meta: Meta,
    /// What it is.
    pub kind: TypeDefKind,
}

/// The kinds of named types.
#[derive(Debug, Clone)]
pub enum TypeDefKind {
    /// A map by field name.
    Struct(Record),
    /// A name out of a list.
    Enum(Enum),
    /// One of several named values.
    Union(Union),
    /// Another name for a type.
    Alias(Type),
    /// A failure that methods declare.
    Error(ErrorDef),
}

/// Fields of a struct, an event or an error.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Whether readers refuse keys they do not know; only structs can ask for it.
    pub closed: bool,
    /// In source order.
    pub fields: Vec<Field>,
    /// Names that may not be used again.
    pub reserved: Vec<Spanned<String>>,
}

/// A field or a parameter.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name, docs, history.
    pub meta: Meta,
    /// Its type.
    pub ty: Type,
    /// What readers fill in.
    pub default: Option<Spanned<Literal>>,
    /// Whether the field closes a cycle of types, so that its value must live behind a pointer.
    pub boxed: bool,
}

/// An enum: travels as the variant's wire name.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Whether readers refuse names they do not know.
    pub closed: bool,
    /// In source order.
    pub variants: Vec<Meta>,
    /// `@fallback`: declared name of the variant that unknown names are read as; only open enums have one.
    pub fallback: Option<String>,
    /// Names that may not be used again.
    pub reserved: Vec<Spanned<String>>,
}

/// A union: travels as a map of one entry.
#[derive(Debug, Clone)]
pub struct Union {
    /// Whether readers refuse names they do not know.
    pub closed: bool,
    /// In source order; a variant's `default` is always `None`.
    pub variants: Vec<Field>,
    /// Names that may not be used again.
    pub reserved: Vec<Spanned<String>>,
}

/// A declared failure.
#[derive(Debug, Clone)]
pub struct ErrorDef {
    /// Its fields travel under `data`.
    pub record: Record,
    /// `@retryable`.
    pub retryable: bool,
}

/// What a service offers, emits and listens to.
#[derive(Debug, Clone)]
pub struct Interface {
    /// The wire name is what it registers as.
    pub meta: Meta,
    /// In source order.
    pub methods: Vec<Method>,
    /// Events it says it emits.
    pub emits: Vec<Emits>,
    /// Events it handles.
    pub handlers: Vec<Handler>,
}

/// One event of an `emits` line.
#[derive(Debug, Clone)]
pub struct Emits {
    /// Which one.
    pub event: EventId,
    /// When the line came to be.
    pub since: Option<Spanned<Since>>,
    /// Attributes with a dotted name.
    pub attributes: Vec<CustomAttribute>,
    /// The name as written.
    pub span: Span,
}

/// How a method is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// The caller waits for the result.
    Rpc,
    /// Nobody waits.
    Oneway,
    /// Runs on workers, in its own time.
    Task,
}

/// An `rpc`, `oneway` or `task`.
#[derive(Debug, Clone)]
pub struct Method {
    /// Name, docs, history.
    pub meta: Meta,
    /// How it is called.
    pub kind: MethodKind,
    /// In source order; they travel by name.
    pub params: Vec<Field>,
    /// `None`: returns nothing (nil).
    pub result: Option<Type>,
    /// Declared errors in source order.
    pub raises: Vec<Raise>,
    /// `@timeout`: the default deadline.
    pub timeout: Option<Duration>,
    /// `@idempotent`: may be sent again.
    pub idempotent: bool,
    /// `@raw`: the handler gets the reply channel.
    pub raw: bool,
    /// `@internal`: not offered beyond the cluster.
    pub internal: bool,
    /// `@http(GET, "/places/{address}")`.
    pub http: Option<HttpMapping>,
    /// Of tasks.
    pub delivery: Delivery,
}

/// One error of a `raises` list.
#[derive(Debug, Clone)]
pub struct Raise {
    /// The error's definition.
    pub error: TypeId,
    /// When it was added to the list.
    pub since: Option<Spanned<Since>>,
    /// Attributes with a dotted name.
    pub attributes: Vec<CustomAttribute>,
    /// The name as written.
    pub span: Span,
}

/// A method's place in the HTTP gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpMapping {
    /// Upper case.
    pub verb: String,
    /// With `{parameter}` places.
    pub path: String,
    /// The status of an answer without error, 200 to 299; `None` where the gateway chooses.
    pub status: Option<u16>,
}

/// An `on` declaration.
#[derive(Debug, Clone)]
pub struct Handler {
    /// The handler's name: after `as`, else the event's with `.` as `_`.
    pub meta: Meta,
    /// What it listens to.
    pub subscription: Subscription,
    /// How events reach it.
    pub delivery: Delivery,
}

/// What a handler listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscription {
    /// One declared event.
    Event(EventId),
    /// A topic with wildcards; the body is dynamic.
    Pattern(String),
}

/// How events and tasks reach their handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Who gets an event, and in which order.
    pub mode: DeliveryMode,
    /// Tries after the first one.
    pub retries: u32,
    /// `@durable(false)`: the queue is lost with the broker.
    pub durable: bool,
    /// `@queue("name")`.
    pub queue: Option<String>,
}

/// Who gets an event, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryMode {
    /// One instance each; several at once.
    Shared,
    /// `@sequential`: one instance each, one at a time.
    Sequential,
    /// `@broadcast`: every instance.
    Broadcast,
    /// `@serial`: in order per key.
    Serial {
        /// Declared name of the event's field.
        key: String,
        /// Number of queues.
        partitions: u16,
    },
}

/// Something that happened, sent to whoever listens.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its place in the schema.
    pub id: EventId,
    /// Where it is declared.
    pub package: PackageId,
    /// The name may be dotted; the wire name is the routing key.
    pub meta: Meta,
    /// Its fields.
    pub record: Record,
    /// `@ttl`: how long it is worth something while it waits in a queue. Whole milliseconds, at least one.
    pub ttl: Option<Duration>,
}
