//! The `.lymph` schema language: text in, a resolved model or a readable report out.
//!
//! ```
//! use lymph_idl::{Memory, Options, load_with};
//!
//! let files = Memory::new().file(
//!     "echo.lymph",
//!     "package echo @ 1.0.0;
//!      interface Echo { rpc upper(text: string) -> string; }",
//! );
//! let schema = load_with(["echo.lymph"], &Options::default(), &files)?;
//! let echo = &schema.packages[0].interfaces[0];
//! assert_eq!(echo.methods[0].meta.name.value, "upper");
//! # Ok::<(), lymph_idl::Failure>(())
//! ```
//!
//! What is wrong is said all at once, with places and advice:
//!
//! ```
//! let failure = lymph_idl::parse_str(
//!     "echo.lymph",
//!     "package echo @ 1.0.0;\ninterface Echo { rpc upper(text: strng) -> string; }\n",
//! )
//! .unwrap_err();
//! assert_eq!(
//!     failure.one_line().next().as_deref(),
//!     Some("echo.lymph:2:34: error: unknown type `strng`; help: did you mean `string`?"),
//! );
//! ```

mod advice;
pub mod analysis;
mod ast;
mod codes;
#[cfg(test)]
mod corpus;
mod error;
pub mod language;
mod lex;
mod limits;
mod load;
pub mod model;
mod parse;
mod print;
mod report;
mod resolve;
mod scalar;
mod slice;
mod source;
mod suggest;
mod version;

use std::path::Path;

pub use analysis::{Analysis, analyze, analyze_again};
pub use codes::{ERROR_CODES, ErrorCode};
pub use error::SchemaError;
pub use lex::{Keyword, Punctuation, Token, TokenKind, tokens};
pub use limits::Limits;
pub use load::{FileSystem, Loader, Memory, Options};
pub use model::Schema;
pub use print::format;
pub use report::{Failure, RenderOptions, render};
pub use source::{FileId, SourceFile, SourceMap, Span, Spanned};
pub use suggest::{did_you_mean, nearest};
pub use version::{ParseVersionError, Version};

/// Reads schemas from disk, with everything they import.
///
/// # Errors
///
/// [`Failure`] with every mistake of every file read.
pub fn load<P: AsRef<Path>>(
    roots: impl IntoIterator<Item = P>,
    options: &Options,
) -> Result<Schema, Failure> {
    load_with(roots, options, &FileSystem)
}

/// Reads schemas from wherever `loader` finds them.
///
/// # Errors
///
/// [`Failure`] with every mistake of every file read.
pub fn load_with<P: AsRef<Path>>(
    roots: impl IntoIterator<Item = P>,
    options: &Options,
    loader: &dyn Loader,
) -> Result<Schema, Failure> {
    load::load_units(roots, options, loader, None).into_schema(&options.limits)
}

/// Reads one file that imports nothing.
///
/// # Errors
///
/// [`Failure`] with every mistake of the text; an import is one.
pub fn parse_str(path: impl AsRef<Path>, text: impl Into<Vec<u8>>) -> Result<Schema, Failure> {
    let path = path.as_ref();
    load_with([path], &Options::default(), &Memory::new().file(path, text))
}
