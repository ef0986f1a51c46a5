//! The `.lymph` schema language.

pub mod model;
mod source;
mod version;

pub use source::{FileId, SourceFile, SourceMap, Span, Spanned};
pub use version::{ParseVersionError, Version};
