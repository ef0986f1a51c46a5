//! Text and AST to text in one style: four blanks, one declaration or member a line, trailing commas.
//!
//! The layout works on tokens, so that it can neither lose nor invent anything: an AST is first written
//! down without any layout.

mod doc;
mod layout;
mod plain;
mod tokens;

use std::path::Path;

use crate::limits::Limits;
use crate::model::{PackageId, Schema};
use crate::parse::parse;
use crate::report::{Errors, Failure};
use crate::source::SourceMap;
use layout::layout;

/// The text of one file in the one style, ordinary comments kept.
///
/// # Errors
///
/// [`Failure`] when the text does not parse; names are not looked up.
pub fn format(path: impl AsRef<Path>, text: &str) -> Result<String, Failure> {
    let limits = Limits::default();
    let mut sources = SourceMap::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut errors = Errors::new(limits.errors);
    let file = sources.add(path.as_ref(), text);
    if text.len() > limits.file_bytes {
        let path = path.as_ref().display().to_string();
        let (limit, span) = (limits.file_bytes, None);
        errors.push(crate::SchemaError::FileTooLarge { path, limit, span });
        return Err(errors.into_failure(sources));
    }
    match parse(file, text, &limits) {
        Ok(_) => Ok(layout(text)),
        Err(found) => {
            found.into_iter().for_each(|error| errors.push(error));
            Err(errors.into_failure(sources))
        }
    }
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
