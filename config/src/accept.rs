//! `lymph.accept.toml`: findings that are meant.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lymph_idl::Version;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::error::{ConfigError, Source};
use crate::read::explain;
use crate::search::nearest;

/// Everything that one `lymph.accept.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptances {
    /// In the order of the file.
    #[serde(default, rename = "accept", skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Accept>,
    #[serde(skip)]
    source: Option<Arc<Source>>,
}

/// Where the packages of entries stand.
#[derive(Deserialize)]
struct Places {
    accept: Vec<PackagePlace>,
}

#[derive(Deserialize)]
struct PackagePlace {
    fingerprint: String,
    package: Spanned<String>,
}

/// One finding that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// What the finding is known by.
    pub fingerprint: String,
    /// Its rule, for people.
    pub id: String,
    /// The package that holds it.
    pub package: String,
    /// Where it is, for people.
    pub path: String,
    /// Why it is meant; never empty.
    pub reason: String,
    /// Who says so; never empty.
    pub by: String,
    /// The last version of the package that it is accepted for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl Acceptances {
    /// The name that the file always has.
    pub const FILE_NAME: &str = "lymph.accept.toml";

    /// The nearest file in a schema's folder or one above, up to the root of the repository.
    #[must_use]
    pub fn file_of(schema: impl AsRef<Path>) -> Option<PathBuf> {
        nearest(schema.as_ref(), Self::FILE_NAME)
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it cannot be read, says something wrong, or an entry lacks its reason or owner.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file as if it stood at `path`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it says something wrong, or an entry lacks its reason or owner.
    pub fn parse(path: impl AsRef<Path>, text: &str) -> Result<Self, ConfigError> {
        let source = Arc::new(Source { path: path.as_ref().to_owned(), text: text.to_owned() });
        let mut read: Self = toml::from_str(text).map_err(|error| explain(&source, &error))?;
        let at = |entry: &Accept, message: String| {
            let place = text.find(&entry.fingerprint).map(|at| at..at + entry.fingerprint.len());
            ConfigError::at(Some(Arc::clone(&source)), place, message)
        };
        for entry in &read.entries {
            for (key, value) in [("reason", &entry.reason), ("by", &entry.by)] {
                if value.trim().is_empty() {
                    let message = format!("the acceptance of {} has an empty `{key}`", entry.fingerprint);
                    return Err(at(entry, message).with_help("say why it is meant, and who says so"));
                }
            }
            if let Some(Err(error)) = entry.expires.as_deref().map(str::parse::<Version>) {
                let message = format!("the acceptance of {} expires wrongly: {error}", entry.fingerprint);
                return Err(at(entry, message).with_help("name the last version that it is for"));
            }
        }
        read.source = Some(source);
        Ok(read)
    }

    /// The file that was read; `None` when there is none.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.source.as_ref().map(|source| source.path.as_path())
    }

    /// An error about the package that an entry names, found by whoever knows which there are.
    #[must_use]
    pub fn package_error(&self, entry: &Accept, message: impl Into<String>) -> ConfigError {
        let places = self.source.as_ref().and_then(|source| toml::from_str::<Places>(&source.text).ok());
        let places = places.map_or_else(Vec::new, |places| places.accept);
        let mut places = places.into_iter().filter(|it| it.fingerprint == entry.fingerprint);
        let place = places.find(|it| *it.package.get_ref() == entry.package).map(|it| it.package.span());
        ConfigError::at(self.source.clone(), place, message.into())
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let head = "# Findings of `lymph-idl diff` that are meant. The next release empties this file.\n";
        if self.entries.is_empty() {
            return head.to_owned();
        }
        let body = toml::to_string_pretty(self).expect("texts can be written as TOML");
        format!("{head}\n{body}")
    }
}
