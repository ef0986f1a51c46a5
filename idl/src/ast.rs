//! Declarations as written; names are still unresolved.
//!
//! Equality compares spans too; two texts with the same meaning differ in them.

pub(crate) mod moved;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::source::{Span, Spanned};
use crate::version::Version;

/// One file.
///
/// Source: rule `file` of `docs/grammar.md`; where other nodes have no rule of their name, they say so.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct File {
    /// `//!` lines without their marker.
    pub docs: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub package: Spanned<String>,
    pub version: Spanned<Version>,
    pub imports: Vec<Import>,
    /// Shared with the slices in which they are as they are here.
    pub items: Vec<Arc<Item>>,
    /// How many the text has, comments among them.
    pub tokens: usize,
    pub damage: Damage,
}

impl File {
    /// A file without anything in it, at a place for what it cannot do without.
    pub(crate) fn nothing(span: Span) -> Self {
        Self {
            docs: Vec::new(),
            attributes: Vec::new(),
            package: Spanned { value: String::new(), span },
            version: Spanned { value: Version::new(1, 0, 0), span },
            imports: Vec::new(),
            items: Vec::new(),
            tokens: 0,
            damage: Damage::default(),
        }
    }
}

/// What a file lost to syntax errors, so that nobody misses it a second time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Damage {
    /// The package's name or version is made up.
    pub package: bool,
    /// Some attribute was left out.
    pub attributes: bool,
    /// Words of passages that were passed over; they may have declared or imported these names.
    pub lost: BTreeSet<String>,
    /// Any name may have been declared or imported.
    pub any_name: bool,
    /// Members and declarations with syntax errors, in source order: whatever else seems wrong in them may
    /// be right once those are mended.
    pub passages: Vec<Span>,
}

impl Damage {
    /// Whether a name of this file may be unknown only because of what was lost.
    pub(crate) fn may_declare(&self, name: &str) -> bool {
        self.any_name || (!self.lost.is_empty() && name.split('.').all(|word| self.lost.contains(word)))
    }
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
    /// Whether fields may be missing because of syntax errors.
    pub damaged: bool,
}

/// A field, a parameter, or a variant of a union.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub head: Head,
    pub ty: TypeRef,
    pub default: Option<Box<Spanned<Literal>>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Enum {
    pub closed: bool,
    pub variants: Vec<Head>,
    pub reserved: Vec<Spanned<String>>,
    /// Whether variants may be missing because of syntax errors.
    pub damaged: bool,
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
    /// Whether parameters may be missing because of syntax errors.
    pub damaged: bool,
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
    pub arguments: Box<[TypeRef]>,
    pub constraints: Box<[Constraint]>,
    /// How many `?` stand behind it.
    pub optional: u32,
    /// Where it ends without the `?`.
    pub inner_end: u32,
    pub span: Span,
}

impl TypeRef {
    /// A type of which nothing is known, and nothing more is to be said.
    pub(crate) fn unknown(span: Span) -> Self {
        Self::named(Spanned { value: String::new(), span })
    }

    /// A name with nothing behind it.
    pub(crate) fn named(name: Spanned<String>) -> Self {
        let span = name.span;
        let (arguments, constraints) = (Box::default(), Box::default());
        Self { name, arguments, constraints, optional: 0, inner_end: span.end, span }
    }

    /// Without the `?`.
    pub(crate) fn inner_span(&self) -> Span {
        Span { end: self.inner_end, ..self.span }
    }
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
