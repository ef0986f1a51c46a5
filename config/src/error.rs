//! What is wrong in a `lymph.toml`, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::read::Place;

/// The file as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The first mistake of a `lymph.toml`. `Display` is the message with its place and the line it is in, help
/// excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    message: String,
    help: Option<String>,
    source: Option<Arc<Source>>,
    place: Option<Place>,
}

impl ConfigError {
    pub(crate) fn at(source: Option<Arc<Source>>, place: Option<Place>, message: String) -> Self {
        Self { message, help: None, source, place }
    }

    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
            _ => error.to_string(),
        };
        Self::at(None, None, format!("cannot read `{}`: {reason}", path.display()))
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong, without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The file with the mistake; `None` when it could not be read.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.source.as_ref().map(|source| source.path.as_path())
    }

    /// The bytes at fault.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.place.clone()
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(source) = &self.source else { return f.write_str(&self.message) };
        let Some(place) = &self.place else {
            return write!(f, "{}: {}", source.path.display(), self.message);
        };
        let text = source.text.as_str();
        let start = floor(text, place.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let number = text[..line_start].matches('\n').count() + 1;
        let column = text[line_start..start].chars().count();
        let end = floor(text, place.end).clamp(start, line_start + line.len().max(start - line_start));
        let width = text[start..end].chars().count().max(1);
        let margin = " ".repeat(number.to_string().len());
        writeln!(f, "{}:{number}:{}: {}", source.path.display(), column + 1, self.message)?;
        writeln!(f, "  {number} | {line}")?;
        write!(f, "  {margin} | {}{}", " ".repeat(column), "^".repeat(width))
    }
}

/// The nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
