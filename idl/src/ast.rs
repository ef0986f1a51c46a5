//! Declarations as written; names are still unresolved.
//!
//! Equality compares spans too; two texts with the same meaning differ in them.

use crate::source::{Span, Spanned};
use crate::version::Version;

/// One file.
///
/// Source: rule `file` in `lymph.pest`, as are the other nodes, each by its own name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct File {
    /// `//!` lines without their marker.
    pub docs: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub package: Spanned<String>,
    pub version: Spanned<Version>,
    pub imports: Vec<Import>,
    pub items: Vec<Item>,
}

/// One `use` line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Import {
    pub package: Spanned<String>,
    pub major: Option<Spanned<u32>>,
    /// `None`: the package as a whole.
    pub names: Option<Vec<ImportName>>,
    pub span: Span,
}

/// One name in the braces of an [`Import`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ImportName {
    /// Dotted for some events.
    pub name: Spanned<String>,
    pub alias: Option<Spanned<String>>,
}

/// What stands before every declaration and member, and its name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    /// Doc comment lines without their `///`; may be empty.
    pub docs: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub name: Spanned<String>,
    /// First attribute or keyword through last token, docs excluded.
    pub span: Span,
}

/// `@name` or `@name(arguments)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attribute {
    pub name: Spanned<String>,
    pub arguments: Vec<Argument>,
    pub span: Span,
}

/// `value` or `name = value`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    pub name: Option<Spanned<String>>,
    pub value: Spanned<Literal>,
}

/// One declaration of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub head: Head,
    pub kind: ItemKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ItemKind {
    Interface(Vec<Member>),
    Struct(Record),
    Enum(Enum),
    Union(Union),
    Alias(TypeRef),
    Error(Record),
    Event(Record),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    /// Of structs only: readers refuse keys they do not know.
    pub closed: bool,
    pub fields: Vec<Field>,
    pub reserved: Vec<Spanned<String>>,
}

/// A field, a parameter, or a variant of a union.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub head: Head,
    pub ty: TypeRef,
    pub default: Option<Spanned<Literal>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Enum {
    pub closed: bool,
    pub variants: Vec<Head>,
    pub reserved: Vec<Spanned<String>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Union {
    pub closed: bool,
    pub record: Record,
}

/// One member of an interface.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Member {
    Method(Method),
    Emits(Emits),
    Handler(Handler),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MethodKind {
    Rpc,
    Oneway,
    Task,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Method {
    pub head: Head,
    pub kind: MethodKind,
    pub params: Vec<Field>,
    /// `None` when the method returns nothing.
    pub result: Option<TypeRef>,
    pub raises: Vec<Raise>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raise {
    pub attributes: Vec<Attribute>,
    pub error: Spanned<String>,
}

/// One `emits` line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Emits {
    pub docs: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub events: Vec<Spanned<String>>,
    pub span: Span,
}

/// One `on` line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Handler {
    pub docs: Vec<String>,
    pub attributes: Vec<Attribute>,
    /// An event's name, or a pattern with wildcards.
    pub topic: Spanned<String>,
    pub alias: Option<Spanned<String>>,
    pub span: Span,
}

/// A use of a type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TypeRef {
    pub name: Spanned<String>,
    pub arguments: Vec<TypeRef>,
    pub constraints: Vec<Constraint>,
    /// How many `?` stand behind it.
    pub optional: usize,
    /// Without the `?`.
    pub inner_span: Span,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constraint {
    pub kind: ConstraintKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ConstraintKind {
    Range {
        min: Option<Spanned<String>>,
        /// `..=` rather than `..`.
        inclusive: bool,
        max: Option<Spanned<String>>,
    },
    Named(Spanned<String>, Spanned<Literal>),
    /// Neither a range nor named: never right, kept for a good message.
    Value(Literal),
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    /// Also a version or a duration: what it means follows from its place.
    Number(String),
    /// Without quotes, escapes replaced.
    Text(String),
    /// A word, dotted words, `true` or `false`.
    Name(String),
    List(Vec<Spanned<Literal>>),
    EmptyMap,
}
