//! Why nothing was compiled.

use std::fmt;
use std::path::PathBuf;

/// Why nothing was compiled.
///
/// `Display` and `Debug` are both meant for people, so that `?` and `unwrap` in a build script read well.
#[non_exhaustive]
pub enum Error {
    /// The schemas are wrong.
    Schema(lymph_idl::Failure),
    /// The options do not fit the schemas.
    Options(Vec<lymph_codegen::Problem>),
    /// A file could not be read or written.
    Io {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// `OUT_DIR` is not set: this is no build script.
    NoOutDir,
    /// A checked-in file is not what would be generated.
    Stale {
        /// Which file.
        path: PathBuf,
        /// The first lines that differ: `-` checked in, `+` generated.
        diff: String,
    },
}

impl Error {
    /// Lines for `cargo::error=`: what is wrong, then the source it stands in.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Self::Options(problems) => problems.iter().map(ToString::to_string).collect(),
            other => other.to_string().lines().map(str::to_owned).collect(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(failure) => failure.fmt(f),
            Self::Options(problems) => {
                let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::Io { path, cause } => write!(f, "{}: {cause}", path.display()),
            Self::NoOutDir => {
                f.write_str("`OUT_DIR` is not set: call this from a build script, or set `out_dir` or `emit`")
            }
            Self::Stale { path, diff } => {
                write!(f, "{} is not what its schemas generate; build it again\n{diff}", path.display())
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

impl From<lymph_idl::Failure> for Error {
    fn from(failure: lymph_idl::Failure) -> Self {
        Self::Schema(failure)
    }
}
