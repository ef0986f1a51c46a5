//! One of the two schemas that are compared, and where its files are for those who read about them.

use std::path::{Path, PathBuf};

use lymph_diff::Policy;
use lymph_idl::{Schema, Span, Version};

use super::document::Place;
use super::repository::Repository;
use super::sides::Files;

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
    inside: Vec<Option<PathBuf>>,
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
        let inside = schema.sources.paths().map(inside).collect();
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
        let inside = self.schema.sources.files().zip(&self.inside).find(|((id, _), _)| *id == span.file);
        let inside = inside.and_then(|(_, path)| path.as_deref());
        let text: Vec<&str> = sources.text(span).split_whitespace().collect();
        Place {
            revision: self.revision.clone(),
            file: slashes(&file.path),
            repository_file: inside.map(slashes),
            version: self.version.map(|version| version.to_string()),
            line,
            column,
            end_line,
            end_column,
            text: text.join(" "),
        }
    }
}

/// A path as documents want it on every system.
fn slashes(path: &Path) -> String {
    path.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}
