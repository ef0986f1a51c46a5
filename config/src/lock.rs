//! `lymph.lock`: the schemas that were released, as they were.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lymph_idl::Version;
use serde::{Deserialize, Serialize};

use crate::accept::Accept;
use crate::error::{ConfigError, Source};
use crate::read::explain;
use crate::search::nearest;

/// What to do about a lock that is no longer what was written.
const RESTORE: &str = "restore the file from version control; only `lymph-idl release` writes it";

/// Everything that one `lymph.lock` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Sorted by package and version.
    pub releases: Vec<Release>,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The package.
    pub package: String,
    /// The version that is out.
    pub version: Version,
    /// 12 hexadecimal digits over the schema.
    pub fingerprint: String,
    /// The package's file in the one style, without ordinary comments.
    pub schema: String,
    /// What was accepted of its changes.
    pub accepted: Vec<Accept>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "release")]
    releases: Vec<Written>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    package: String,
    version: String,
    fingerprint: String,
    schema: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<Accept>,
}

impl Lock {
    /// The name that the file always has.
    pub const FILE_NAME: &str = "lymph.lock";

    /// The nearest file in a schema's folder or one above, up to the root of the repository.
    #[must_use]
    pub fn file_of(schema: impl AsRef<Path>) -> Option<PathBuf> {
        nearest(schema.as_ref(), Self::FILE_NAME)
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it cannot be read or says something wrong.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file as if it stood at `path`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it says something wrong, or a version twice.
    pub fn parse(path: impl AsRef<Path>, text: &str) -> Result<Self, ConfigError> {
        let source = Arc::new(Source { path: path.as_ref().to_owned(), text: text.to_owned() });
        let file: File = toml::from_str(text).map_err(|error| explain(&source, &error).with_help(RESTORE))?;
        let wrong =
            |message: String| ConfigError::at(Some(Arc::clone(&source)), None, message).with_help(RESTORE);
        let mut lock = Self::default();
        for Written { package, version, fingerprint, schema, accepted } in file.releases {
            let version: Version = version.parse().map_err(|error| wrong(format!("{error}")))?;
            if lock.release(&package, version).is_some() {
                return Err(wrong(format!("{package} {version} stands here twice")));
            }
            lock.add(Release { package, version, fingerprint, schema, accepted });
        }
        Ok(lock)
    }

    /// A release, if it is out.
    #[must_use]
    pub fn release(&self, package: &str, version: Version) -> Option<&Release> {
        self.releases.iter().find(|release| release.package == package && release.version == version)
    }

    /// The releases of a package, oldest first.
    pub fn of(&self, package: &str) -> impl Iterator<Item = &Release> {
        self.releases.iter().filter(move |release| release.package == package)
    }

    /// Puts a release in its place.
    pub fn add(&mut self, release: Release) {
        let key = |release: &Release| (release.package.clone(), release.version);
        let place = self.releases.partition_point(|other| key(other) < key(&release));
        self.releases.insert(place, release);
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let written = |release: &Release| Written {
            package: release.package.clone(),
            version: release.version.to_string(),
            fingerprint: release.fingerprint.clone(),
            schema: release.schema.clone(),
            accepted: release.accepted.clone(),
        };
        let file = File { releases: self.releases.iter().map(written).collect() };
        let body = toml::to_string_pretty(&file).expect("texts can be written as TOML");
        format!("# What was released, as it was. Only `lymph-idl release` writes this file.\n\n{body}")
    }
}
