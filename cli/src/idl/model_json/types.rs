//! The shape of the document; what stands here is also its JSON Schema and the reference in `docs/model.md`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A resolved schema: every name looked up, every default checked, every wire name known.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "lymph model")]
pub(super) struct Document {
    /// Version of this format. It grows when a reader of the older one would go wrong; new fields may come
    /// without.
    pub lymph_model: u32,
    /// Folders in which imports were looked up before those around the importing file.
    pub include: Vec<String>,
    /// The packages asked for in the order given, then imported ones in order of first use.
    pub packages: Vec<Package>,
    /// The text of every file, one for each package and in their order.
    pub sources: Vec<Source>,
}

/// A file as it was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Source {
    /// As it was asked for, or found by an import.
    pub path: String,
    /// The whole text, without a byte order mark.
    pub text: String,
}

/// A range of a source's text.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Place {
    /// The path of the source.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line of the end.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
}

/// One version line: one file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Package {
    /// Dotted, as `maps.geo`.
    pub name: String,
    /// `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// Lines of `//!` without their marker.
    pub docs: Vec<String>,
    /// The path of the source.
    pub file: String,
    /// Whether it was asked for, not only imported.
    pub requested: bool,
    /// Whether the file is one of several majors side by side, as `v1.lymph`.
    pub versioned_module: bool,
    /// Packages that its `use` lines name.
    pub imports: Vec<PackageRef>,
    /// Attributes with a dotted name.
    pub attributes: Vec<Attribute>,
    /// Where its name is.
    pub at: Place,
    /// In the order of the source, as is everything below.
    pub interfaces: Vec<Interface>,
    /// What may happen.
    pub events: Vec<Event>,
    /// Structs, enums, unions, aliases and errors.
    pub types: Vec<TypeDef>,
}

/// A package of this document.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PackageRef {
    /// Its name.
    pub package: String,
    /// Its version: several majors of one package may be here.
    pub version: String,
}

/// A type, error or event of this document.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reference {
    /// Its package.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// As declared there.
    pub name: String,
}

/// What every declaration and member has.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Meta {
    /// As declared.
    pub name: String,
    /// As it travels.
    pub wire: String,
    /// Former wire names still understood: `@was`.
    pub was: Vec<String>,
    /// Lines of `///` without their marker.
    pub docs: Vec<String>,
    /// The version that brought it, or `next`; null: there since the major's first version.
    pub since: Option<String>,
    /// `@deprecated`.
    pub deprecated: Option<Deprecation>,
    /// `@unstable`: may change in any version.
    pub unstable: bool,
    /// Attributes with a dotted name.
    pub attributes: Vec<Attribute>,
    /// From its first attribute or keyword to its end, docs excluded.
    pub at: Place,
}

/// Not to be used any more.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Deprecation {
    /// The version that says so, or `next`.
    pub since: String,
    /// What to use instead.
    pub why: Option<String>,
}

/// An attribute of the schema's writers, as `@acme.owner("food")`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Attribute {
    /// Dotted.
    pub name: String,
    /// In the order of the source.
    pub arguments: Vec<Argument>,
    /// Where its name is.
    pub at: Place,
}

/// An argument of an attribute.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Argument {
    /// null: told by its place.
    pub name: Option<String>,
    /// What it says; see `DefaultValue`.
    pub value: Value,
}

/// What a service offers, emits and listens to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Interface {
    #[serde(flatten)]
    pub meta: Meta,
    /// What can be called.
    pub methods: Vec<Method>,
    /// Events it says it emits.
    pub emits: Vec<Emits>,
    /// Events it handles.
    pub handlers: Vec<Handler>,
}

/// How a method is called.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MethodKind {
    /// The caller waits for the result.
    Rpc,
    /// Nobody waits.
    Oneway,
    /// Runs on workers, in its own time.
    Task,
}

/// An `rpc`, `oneway` or `task`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Method {
    #[serde(flatten)]
    pub meta: Meta,
    /// How it is called.
    pub kind: MethodKind,
    /// They travel by name.
    pub params: Vec<Field>,
    /// null: nothing comes back.
    pub result: Option<Type>,
    /// Errors it declares.
    pub raises: Vec<Raise>,
    /// `@timeout`: the default deadline, in microseconds.
    pub timeout_micros: Option<u64>,
    /// `@idempotent`: may be sent again.
    pub idempotent: bool,
    /// `@raw`: the handler gets the reply channel.
    pub raw: bool,
    /// `@internal`: not offered beyond the cluster.
    pub internal: bool,
    /// `@http`: its place in the HTTP gateway.
    pub http: Option<Http>,
    /// How tasks reach their workers; without meaning for other kinds.
    pub delivery: Delivery,
}

/// An error of a `raises` list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Raise {
    /// Which one.
    pub error: Reference,
    /// The version that brought it into the list, or `next`.
    pub since: Option<String>,
    /// Attributes with a dotted name.
    pub attributes: Vec<Attribute>,
    /// Where its name is.
    pub at: Place,
}

/// A method's place in the HTTP gateway.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Http {
    /// In capitals.
    pub verb: String,
    /// With `{parameter}` places.
    pub path: String,
    /// Of a successful answer; null: the gateway's default.
    pub status: Option<u16>,
}

/// One event of an `emits` line.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Emits {
    /// Which one.
    pub event: Reference,
    /// The version that brought the line, or `next`.
    pub since: Option<String>,
    /// Attributes with a dotted name.
    pub attributes: Vec<Attribute>,
    /// Where its name is.
    pub at: Place,
}

/// An `on` line.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Handler {
    #[serde(flatten)]
    pub meta: Meta,
    /// The event it listens to; null: a pattern.
    pub event: Option<Reference>,
    /// The topic with wildcards it listens to; null: one event.
    pub pattern: Option<String>,
    /// How events reach it.
    pub delivery: Delivery,
}

/// Who gets an event or task, and in which order.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeliveryMode {
    /// One instance each, several at once.
    Shared,
    /// `@sequential`: one instance each, one at a time.
    Sequential,
    /// `@broadcast`: every instance.
    Broadcast,
    /// `@serial`: in order per key.
    Serial,
}

/// How events and tasks reach their handler.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Delivery {
    /// Who gets one.
    pub mode: DeliveryMode,
    /// For `serial`, the event's field that tells what belongs together.
    pub key: Option<String>,
    /// For `serial`, the number of queues.
    pub partitions: Option<u16>,
    /// Tries after the first one.
    pub retries: u32,
    /// Whether the queue outlives the broker.
    pub durable: bool,
    /// `@queue`: the queue's name.
    pub queue: Option<String>,
}

/// Something that happened, sent to whoever listens.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Event {
    #[serde(flatten)]
    pub meta: Meta,
    /// What it tells.
    pub fields: Vec<Field>,
    /// Names that may not be used again.
    pub reserved: Vec<String>,
    /// `@ttl`: how long it waits for a handler, in microseconds.
    pub ttl_micros: Option<u64>,
}

/// A named type or an error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TypeDef {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub kind: TypeDefKind,
}

/// What a named type is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum TypeDefKind {
    /// A map by field name.
    Struct {
        /// Whether readers refuse fields that they do not know.
        closed: bool,
        /// What it holds.
        fields: Vec<Field>,
        /// Names that may not be used again.
        reserved: Vec<String>,
    },
    /// A name out of a list.
    Enum {
        /// Whether readers refuse names that they do not know.
        closed: bool,
        /// The names.
        variants: Vec<Meta>,
        /// `@fallback`: the variant that stands for names not known.
        fallback: Option<String>,
        /// Names that may not be used again.
        reserved: Vec<String>,
    },
    /// One of several named values, as a map of one entry.
    Union {
        /// Whether readers refuse names that they do not know.
        closed: bool,
        /// The values; without defaults.
        variants: Vec<Field>,
        /// Names that may not be used again.
        reserved: Vec<String>,
    },
    /// Another name for a type.
    Alias {
        /// The type.
        target: Box<Type>,
    },
    /// A failure that methods declare.
    Error {
        /// They travel under `data`.
        fields: Vec<Field>,
        /// Names that may not be used again.
        reserved: Vec<String>,
        /// `@retryable`: a caller may try again.
        retryable: bool,
    },
}

/// A field, a parameter or a variant of a union.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Field {
    #[serde(flatten)]
    pub meta: Meta,
    /// What it holds.
    #[serde(rename = "type")]
    pub ty: Type,
    /// What readers fill in.
    pub default: Option<DefaultValue>,
    /// Whether it closes a circle of types, so that a program keeps its value behind a pointer.
    pub boxed: bool,
}

/// A value that a schema writes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DefaultValue {
    /// Booleans, numbers and lists are themselves, `{}` is the empty map. Durations are microseconds; decimals,
    /// UUIDs and dates are texts, as are integers beyond 64 bits. A variant of an enum or another bare word is
    /// `{"name": "…"}`.
    pub value: Value,
    /// Where it is.
    pub at: Place,
}

/// A use of a type.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Type {
    #[serde(flatten)]
    pub shape: Shape,
    /// What servers check on parameters; null: nothing.
    pub constraints: Option<Constraints>,
    /// Where it is written.
    pub at: Place,
}

/// The shapes of types.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Shape {
    /// A built-in type without parameters.
    Scalar {
        /// As `u8`.
        scalar: &'static str,
    },
    /// `list<T>`.
    List {
        /// T.
        of: Box<Type>,
    },
    /// `set<T>`.
    Set {
        /// T.
        of: Box<Type>,
    },
    /// `map<K, V>`.
    Map {
        /// K.
        key: Box<Type>,
        /// V.
        of: Box<Type>,
    },
    /// `T?`.
    Optional {
        /// T.
        of: Box<Type>,
    },
    /// `patch<T>`: left out, cleared or set.
    Patch {
        /// T.
        of: Box<Type>,
    },
    /// A declared type.
    Named {
        /// Which one.
        named: Reference,
    },
}

/// What stands in parentheses behind a type.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Constraints {
    /// Least value or length; microseconds for durations. Beyond 64 bits, a text.
    pub min: Value,
    /// Greatest value or length, itself allowed.
    pub max: Value,
    /// A regular expression that matches somewhere in the text.
    pub pattern: Option<String>,
}
