//! `lymph.toml`: what the schema tools of one repository should know without being told each time.
//!
//! ```
//! use lymph_config::{Config, Level};
//!
//! let config = Config::parse(
//!     "lymph.toml",
//!     r#"
//!     include = ["schemas/common"]
//!
//!     [lint.rules]
//!     "docs-missing" = "deny"
//!     "#,
//! )?;
//! assert_eq!(config.lint.rules[0].id.value, "docs-missing");
//! assert_eq!(config.lint.rules[0].level, Level::Deny);
//! # Ok::<(), lymph_config::ConfigError>(())
//! ```
//!
//! What is wrong is said with its place:
//!
//! ```
//! # use lymph_config::Config;
//! let error = Config::parse("lymph.toml", "inclde = []").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "lymph.toml:1:1: unknown key `inclde`\n  1 | inclde = []\n    | ^^^^^^",
//! );
//! assert_eq!(error.help(), Some("did you mean `include`?"));
//! ```

mod accept;
mod diff;
mod error;
mod level;
mod lint;
mod lock;
mod read;
mod search;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use accept::{Accept, Acceptances};
pub use diff::{Diff, RuleChange};
pub use error::ConfigError;
pub use level::{Level, UnknownLevel};
pub use lint::{Lint, RuleLevel};
pub use lock::{Lock, Release};
pub use read::{Place, Placed};
pub use search::nearest;

use error::Source;
use read::Look;

/// The name that the file always has.
pub const FILE_NAME: &str = "lymph.toml";

/// Everything that one `lymph.toml` says; without a file everything is as it is by default.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What commands look at when they are told no paths: files, and folders with all schemas below them, as
    /// paths that can be opened. Empty where the file does not say.
    pub schemas: Vec<Placed<PathBuf>>,
    /// Folders in which imports are looked up first, as paths that can be opened: what the file says is
    /// relative to its own folder.
    pub include: Vec<PathBuf>,
    /// `[lint]`.
    pub lint: Lint,
    /// `[diff]`.
    pub diff: Diff,
    source: Option<Arc<Source>>,
}

impl Config {
    /// The settings for a schema: those of the nearest `lymph.toml` in its folder or one above, up to the
    /// root of the repository. Without one, the defaults.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when there is one that cannot be read or says something wrong.
    pub fn find(schema: impl AsRef<Path>) -> Result<Self, ConfigError> {
        match Self::file_of(schema) {
            Some(path) => Self::read(path),
            None => Ok(Self::default()),
        }
    }

    /// The file that [`find`](Self::find) would read, relative if `schema` is.
    #[must_use]
    pub fn file_of(schema: impl AsRef<Path>) -> Option<PathBuf> {
        nearest(schema.as_ref(), FILE_NAME)
    }

    /// Reads one file, and makes sure that the files and folders in it exist.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it cannot be read or says something wrong.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        read::config(path, &text, Look::Disk)
    }

    /// Reads the text of a file as if it stood at `path`; whether what it names exists is not looked at.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it says something wrong.
    pub fn parse(path: impl AsRef<Path>, text: &str) -> Result<Self, ConfigError> {
        read::config(path.as_ref(), text, Look::Nowhere)
    }

    /// The file that was read; `None` for the defaults.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.source.as_ref().map(|source| source.path.as_path())
    }

    /// An error about something that stands at `place`, found by whoever knows what it means.
    #[must_use]
    pub fn error(&self, place: &Place, message: impl Into<String>) -> ConfigError {
        ConfigError::at(self.source.clone(), Some(place.clone()), message.into())
    }
}
