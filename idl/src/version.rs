//! `MAJOR.MINOR.PATCH` and what may call what.

use std::fmt;
use std::str::FromStr;

/// A package's version, or the `MAJOR.MINOR` of a `@since` with patch 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Breaking line.
    pub major: u32,
    /// Additive step; below 1.0 it breaks as a major does.
    pub minor: u32,
    /// Changes nothing on the wire.
    pub patch: u32,
}

impl Version {
    /// From its three numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The first version that callers of `self` do not match: the next major, below 1.0 the next minor.
    #[must_use]
    pub const fn next_breaking(self) -> Self {
        if self.major == 0 { Self::new(0, self.minor + 1, 0) } else { Self::new(self.major + 1, 0, 0) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The text is not `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version: write `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`")]
pub struct ParseVersionError(String);

impl FromStr for Version {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseVersionError(text.to_owned());
        let parts = text.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>().map_err(|_| error())?;
        match parts[..] {
            [major, minor] => Ok(Self::new(major, minor, 0)),
            [major, minor, patch] => Ok(Self::new(major, minor, patch)),
            _ => Err(error()),
        }
    }
}
