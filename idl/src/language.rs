//! The words of the language, for tools that offer or explain them.

pub use crate::resolve::{ATTRIBUTES, KnownAttribute, Place};
use crate::scalar;

/// Names of all built-in types, generic ones included, in the order of the language's table.
pub fn builtin_types() -> impl Iterator<Item = &'static str> {
    scalar::builtin_names()
}

/// Built-in types with what they take in angle brackets.
#[must_use]
pub fn generic_types() -> &'static [(&'static str, usize)] {
    scalar::GENERICS
}
