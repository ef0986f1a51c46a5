//! The 64 bytes that open every connection.

use std::fmt;

use crate::ProtocolError;

/// The version we speak. Peers of any 3.x are understood.
pub const VERSION: Version = Version { major: 3, minor: 1 };

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 3 for everything since 2013.
    pub major: u8,
    /// From 1 on, connections have heartbeats.
    pub minor: u8,
}

/// How two peers make sure of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Not at all.
    Null,
    /// By their public keys; what they say is encrypted.
    Curve,
}

impl Mechanism {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Curve => "CURVE",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a peer says before anything else.
///
/// ```
/// use lymph_zmtp::{Greeting, Mechanism};
///
/// let bytes = Greeting::new(Mechanism::Null, false).encode();
/// let greeting = Greeting::decode(&bytes, Mechanism::Null).unwrap();
/// assert_eq!(greeting, Some(Greeting::new(Mechanism::Null, false)));
/// assert_eq!(Greeting::decode(&bytes[..20], Mechanism::Null), Ok(None));
/// assert!(Greeting::decode(b"GET / HTTP/1.1", Mechanism::Null).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Greeting {
    /// What the peer speaks.
    pub version: Version,
    /// Both sides must name the same.
    pub mechanism: Mechanism,
    /// Whether the peer plays the server's part in the mechanism. `NULL` has no parts.
    pub as_server: bool,
}

impl Greeting {
    /// Bytes of a greeting.
    pub const LEN: usize = 64;

    /// Our own.
    #[must_use]
    pub const fn new(mechanism: Mechanism, as_server: bool) -> Self {
        Self { version: VERSION, mechanism, as_server }
    }

    /// The greeting's bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        (bytes[0], bytes[9]) = (0xff, 0x7f);
        (bytes[10], bytes[11]) = (self.version.major, self.version.minor);
        let name = self.mechanism.as_str().as_bytes();
        bytes[12..12 + name.len()].copy_from_slice(name);
        bytes[32] = self.as_server.into();
        bytes
    }

    /// Reads the greeting that `input` begins with, from a peer that must use the mechanism
    /// `ours`; `None` while bytes are missing and those that are there are right.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`] at the first byte that is wrong.
    pub fn decode(input: &[u8], ours: Mechanism) -> Result<Option<Self>, ProtocolError> {
        // The eight bytes between are padding in which old versions have the length of a frame.
        if input.first().is_some_and(|byte| *byte != 0xff) || input.get(9).is_some_and(|byte| byte & 1 == 0) {
            return Err(ProtocolError::NotZmtp);
        }
        if let Some(major @ ..3) = input.get(10).copied() {
            return Err(ProtocolError::OldVersion(major));
        }
        let Some(bytes) = input.first_chunk::<{ Self::LEN }>() else { return Ok(None) };
        let name = &bytes[12..32];
        let name = &name[..name.iter().position(|byte| *byte == 0).unwrap_or(name.len())];
        if name != ours.as_str().as_bytes() {
            let theirs = String::from_utf8_lossy(name).escape_debug().to_string();
            return Err(ProtocolError::Mechanism { theirs, ours });
        }
        let version = Version { major: bytes[10], minor: bytes[11] };
        Ok(Some(Self { version, mechanism: ours, as_server: bytes[32] & 1 == 1 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_bytes_are_seen_as_soon_as_they_come() {
        let good = Greeting::new(Mechanism::Null, false).encode();
        let with = |index: usize, byte| {
            let mut bytes = good;
            bytes[index] = byte;
            Greeting::decode(&bytes[..=index], Mechanism::Null)
        };
        assert_eq!(with(0, 0x47), Err(ProtocolError::NotZmtp));
        assert_eq!(with(9, 0x00), Err(ProtocolError::NotZmtp));
        assert_eq!(with(10, 1), Err(ProtocolError::OldVersion(1)));
        assert_eq!(with(10, 4), Ok(None));
    }

    #[test]
    fn mechanisms_must_agree() {
        let curve = Greeting::new(Mechanism::Curve, true).encode();
        let error = Greeting::decode(&curve, Mechanism::Null).unwrap_err();
        assert_eq!(error.to_string(), "the peer's mechanism is `CURVE`, ours is `NULL`");
        let mut unknown = curve;
        unknown[12..32].copy_from_slice(&[0xc3; 20]);
        assert!(Greeting::decode(&unknown, Mechanism::Null).is_err());
        let greeting = Greeting::decode(&curve, Mechanism::Curve).unwrap().unwrap();
        assert!(greeting.as_server);
    }
}
