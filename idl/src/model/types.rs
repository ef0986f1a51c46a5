//! Uses of types: their shapes, what constrains them, and the values that a schema writes.

use std::fmt;
use std::ops::Deref;

use super::TypeId;
use crate::source::Span;

/// A use of a type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// What stands in parentheses behind it.
    pub constraints: Constraints,
    /// Where it is written.
    pub span: Span,
}

/// The shapes of types.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// A built-in name.
    Scalar(Scalar),
    /// `list<T>`.
    List(Box<Type>),
    /// `set<T>`; elements have equality and a hash.
    Set(Box<Type>),
    /// `map<K, V>`; keys have equality and a hash.
    Map(Box<Type>, Box<Type>),
    /// `T?`; never nested directly.
    Optional(Box<Type>),
    /// `patch<T>`: left out, cleared by nil, or set. Only the whole type of a field or parameter; never around
    /// an optional type.
    Patch(Box<Type>),
    /// A declared type; never an error.
    Named(TypeId),
}

/// The built-in types that take no parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Scalar {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    String,
    Bytes,
    DateTime,
    Date,
    Time,
    Duration,
    Decimal,
    Uuid,
    Any,
}

/// What a server checks on parameters before the handler runs.
///
/// Reads like the [`Bounds`] in it. Few types have any, and those without take no room for them.
#[derive(Clone, Default, PartialEq)]
pub struct Constraints(Option<Box<Bounds>>);

/// What a type asks of its values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    /// Least value, or least length in characters, bytes or elements.
    pub min: Option<Number>,
    /// Greatest value or length, itself allowed.
    pub max: Option<Number>,
    /// A regular expression that matches somewhere in the string; known to compile.
    pub pattern: Option<String>,
}

impl Constraints {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Deref for Constraints {
    type Target = Bounds;

    fn deref(&self) -> &Bounds {
        static NONE: Bounds = Bounds { min: None, max: None, pattern: None };
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl From<Bounds> for Constraints {
    fn from(bounds: Bounds) -> Self {
        Self((bounds != Bounds::default()).then(|| Box::new(bounds)))
    }
}

impl fmt::Debug for Constraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A bound of a constraint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// For integers and lengths; microseconds for durations.
    Int(i128),
    /// For floats.
    Float(f64),
}

/// A value written in a schema, already checked against the type it stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true`, `false`.
    Bool(bool),
    /// For integer types; microseconds for durations.
    Int(i128),
    /// For float types.
    Float(f64),
    /// For `string`, and the texts of `decimal`, `uuid` and dates.
    String(String),
    /// A variant of an enum, by the name it is declared with; in attributes any bare word.
    Name(String),
    /// `[…]`: for lists and sets.
    List(Vec<Literal>),
    /// `{}`: the empty map.
    EmptyMap,
}
