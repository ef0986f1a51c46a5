//! Versions of interfaces, and which instance may answer which caller.

use std::fmt;
use std::str::FromStr;

/// `MAJOR.MINOR.PATCH`.
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

    /// Whether an instance of version `self` may answer a caller that asks for `asked`:
    /// `>= asked, < next major`, and below 1.0 the next minor counts as the next major.
    ///
    /// ```
    /// use lymph::Version;
    /// assert!(Version::new(1, 5, 0).answers(Version::new(1, 2, 0)));
    /// assert!(!Version::new(2, 0, 0).answers(Version::new(1, 2, 0)));
    /// assert!(!Version::new(0, 3, 0).answers(Version::new(0, 2, 0)));
    /// ```
    #[must_use]
    pub fn answers(self, asked: Self) -> bool {
        let same_line = self.major == asked.major && (self.major > 0 || self.minor == asked.minor);
        same_line && self >= asked
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version: write `MAJOR`, `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`")]
pub struct ParseVersionError(String);

impl FromStr for Version {
    type Err = ParseVersionError;

    /// Reads one to three numbers; what Python's peers append behind `-` or `+` is ignored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseVersionError(text.to_owned());
        let core = text.split(['-', '+']).next().unwrap_or(text);
        let parts = core.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>().map_err(|_| error())?;
        match parts[..] {
            [major] => Ok(Self::new(major, 0, 0)),
            [major, minor] => Ok(Self::new(major, minor, 0)),
            [major, minor, patch] => Ok(Self::new(major, minor, patch)),
            _ => Err(error()),
        }
    }
}
