//! One of the two schemas that are compared, and where its files are for those who read about them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lymph_diff::Policy;
use lymph_idl::{FileId, Schema, Span, Version};

use super::document::Place;
use super::repository::Repository;
use super::sides::Files;

/// Characters of a piece of a file that are shown.
const MAX_TEXT_CHARS: usize = 400;

/// One of the two schemas that are compared.
pub(super) struct Side {
    /// What is compared.
    pub schema: Schema,
    /// What it is, for a sentence.
    pub description: String,
    /// Of a revision what stands before its paths.
    pub revision: Option<String>,
    /// The version that it was cut down to.
    pub version: Option<Version>,
    /// What is tolerated of changes that lead here.
    pub policy: Policy,
    /// For each file its path from the root of the repository.
    inside: BTreeMap<FileId, PathBuf>,
}

impl Side {
    pub(super) fn new(
        schema: Schema,
        files: &Files<'_>,
        description: String,
        version: Option<Version>,
        policy: Policy,
        repository: Option<&Repository>,
    ) -> Self {
        let inside = |path: &Path| match files {
            Files::Disk => repository.and_then(|repository| repository.inside(path)),
            Files::Revision(_) => Some(path.to_owned()),
        };
        let sources = schema.sources.files();
        let inside = sources.filter_map(|(id, file)| Some((id, inside(&file.path)?))).collect();
        let revision = match files {
            Files::Disk => None,
            Files::Revision(revision) => Some(revision.name.clone()),
        };
        Self { schema, description, revision, version, policy, inside }
    }

    /// Its first file, if it is on disk.
    pub(super) fn on_disk(&self) -> Option<PathBuf> {
        let package = self.schema.packages.iter().find(|package| package.is_root)?;
        let path = &self.schema.sources.file(package.file).path;
        self.revision.is_none().then(|| path.clone())
    }

    /// Where `span` is, with what people want to see of it.
    pub(super) fn place(&self, span: Span) -> Place {
        let sources = &self.schema.sources;
        let file = sources.file(span.file);
        let (line, column) = file.line_column(span.start);
        let (end_line, end_column) = file.line_column(span.end);
        Place {
            revision: self.revision.clone(),
            file: slashes(&file.path),
            repository_file: self.inside.get(&span.file).map(|path| slashes(path)),
            version: self.version.map(|version| version.to_string()),
            line,
            column,
            end_line,
            end_column,
            text: on_one_line(sources.text(span)),
        }
    }
}

/// A path as documents want it on every system.
fn slashes(path: &Path) -> String {
    path.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}

/// A text with each run of white space as one blank, and with what is too long cut off.
fn on_one_line(text: &str) -> String {
    let mut line = String::new();
    let mut room = MAX_TEXT_CHARS;
    for word in text.split_whitespace() {
        let blank = if line.is_empty() { "" } else { " " };
        let length = blank.len() + word.chars().count();
        if length > room {
            let kept = word.chars().take(room.saturating_sub(blank.len()));
            line.extend(blank.chars().chain(kept).take(room));
            line.push('…');
            return line;
        }
        line.extend([blank, word]);
        room -= length;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        let word = "x".repeat(MAX_TEXT_CHARS);
        assert_eq!(on_one_line(" a\n  b "), "a b");
        assert_eq!(on_one_line(&word), word);
        assert_eq!(on_one_line(&format!("{word}ü")), format!("{word}…"));
        let words = "ü ".repeat(MAX_TEXT_CHARS);
        assert_eq!(on_one_line(&words).chars().count(), MAX_TEXT_CHARS + 1);
    }
}
