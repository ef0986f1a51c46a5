//! Text and AST to text in one style: four blanks, one declaration or member a line, trailing commas.
//!
//! The layout works on tokens, so that it can neither lose nor invent anything: an AST is first written
//! down without any layout.

mod doc;
mod layout;
mod plain;
mod tokens;

use std::path::Path;

use crate::error::SchemaError;
use crate::limits::Limits;
use crate::load::text;
use crate::model::{PackageId, Schema};
use crate::parse::parse;
use crate::report::{Errors, Failure};
use crate::source::SourceMap;
use layout::layout;

/// The text of one file in the one style, ordinary comments kept.
///
/// # Errors
///
/// [`Failure`] when it is too large, not UTF-8 or does not parse; names are not looked up.
pub fn format(path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> Result<String, Failure> {
    let (path, bytes) = (path.as_ref(), text.as_ref());
    let shown = path.display().to_string();
    let limits = Limits::default();
    let mut sources = SourceMap::default();
    let mut errors = Errors::new(limits.errors);
    if bytes.len() > limits.file_bytes {
        let limit = limits.file_bytes;
        errors.push(SchemaError::FileTooLarge { path: shown, limit, span: None });
        return Err(errors.into_failure(sources));
    }
    let file = match text::add(&mut sources, path, bytes) {
        Ok(file) => file,
        Err(span) => {
            errors.push(SchemaError::NotUtf8 { path: shown, span });
            return Err(errors.into_failure(sources));
        }
    };
    let text = &*sources.file(file).text;
    let parsed = parse(file, text, &limits);
    if parsed.errors.is_empty() {
        return Ok(layout(text));
    }
    parsed.errors.into_iter().for_each(|error| errors.push(error));
    Err(errors.into_failure(sources))
}

impl Schema {
    /// A package's text in the one style, docs kept and ordinary comments dropped: equal for schemas that
    /// differ in their layout only.
    #[must_use]
    pub fn canonical(&self, package: PackageId) -> String {
        layout(&plain::text(&self.units[package.0 as usize].ast))
    }
}

#[cfg(test)]
mod tests;
