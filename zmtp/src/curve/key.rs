//! Keys of Curve25519, and how people write them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

use super::error::CurveError;
use super::z85::{self, Mistake};

/// Bytes of a key.
pub const KEY_LEN: usize = 32;

/// Characters of a key as text.
pub const KEY_TEXT_LEN: usize = 40;

/// A key that anybody may know: what a peer is recognized by.
///
/// Its text is 40 characters of Z85, as all ZeroMQ libraries write it.
#[derive(Clone, Copy)]
pub struct PublicKey([u8; KEY_LEN]);

impl PublicKey {
    /// The key with these bytes; all 32 bytes are one.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        parse(text).map(|bytes| Self(*bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&z85::encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for PublicKey {}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A key that only its owner may know. It is erased from memory when dropped, and never shown:
/// [`SecretKey::to_text`] is the one way to write it down.
#[derive(Clone)]
pub struct SecretKey(StaticSecret);

impl SecretKey {
    /// A new key, from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`CurveError::Randomness`] when the system has none to give.
    pub fn generate() -> Result<Self, CurveError> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        fill_random(&mut *bytes)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The key with these bytes; all 32 bytes are one. The caller's copy is the caller's to erase.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; KEY_LEN]) -> Self {
        Self(StaticSecret::from(*bytes))
    }

    /// The public half, computed anew at each call.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(x25519_dalek::PublicKey::from(&self.0).to_bytes())
    }

    /// Its text, 40 characters of Z85, for the file where it is kept. Erased when dropped.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(z85::encode(self.0.as_bytes()))
    }

    pub(super) fn as_bytes(&self) -> &[u8; KEY_LEN] {
        self.0.as_bytes()
    }

    /// What only the owners of both keys can compute; `None` when `public` is one of the few keys
    /// for which everybody can, or has its last bit set, which no owner's key has: computing would
    /// ignore it, and a key could be changed on its way without anybody noticing.
    pub(super) fn agree(&self, public: &PublicKey) -> Option<x25519_dalek::SharedSecret> {
        if public.0[KEY_LEN - 1] & 0x80 != 0 {
            return None;
        }
        let public = x25519_dalek::PublicKey::from(*public.as_bytes());
        Some(self.0.diffie_hellman(&public)).filter(x25519_dalek::SharedSecret::was_contributory)
    }
}

impl FromStr for SecretKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // Where the mistake is would tell of the key.
        let bytes = parse(text).map_err(|error| match error {
            KeyError::Length { .. } => error,
            KeyError::NotADigit { .. } | KeyError::TooLarge { .. } | KeyError::Secret => KeyError::Secret,
        })?;
        Ok(Self::from_bytes(&bytes))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for SecretKey {}

/// Why text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It is longer or shorter.
    #[error("a key has {KEY_TEXT_LEN} characters, this text has {characters}")]
    Length {
        /// How many it has.
        characters: usize,
    },
    /// A character that Z85 does not have.
    #[error("character {position} is {character:?}, which no key has")]
    NotADigit {
        /// Counted from 1.
        position: usize,
        /// As it is written.
        character: char,
    },
    /// Five characters that stand for more than four bytes.
    #[error("characters {position} to {} are no part of any key", position + 4)]
    TooLarge {
        /// Counted from 1.
        position: usize,
    },
    /// A secret key has some mistake; what and where is not told, as it would be logged.
    #[error("it has the length of a key, but is none: copy it again from where it was generated")]
    Secret,
}

fn parse(text: &str) -> Result<Zeroizing<[u8; KEY_LEN]>, KeyError> {
    let characters = text.chars().count();
    if characters != KEY_TEXT_LEN {
        return Err(KeyError::Length { characters });
    }
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    z85::decode(text, &mut *bytes).map_err(|mistake| match mistake {
        Mistake::NotADigit(at, character) => KeyError::NotADigit { position: at + 1, character },
        Mistake::TooLarge(at) => KeyError::TooLarge { position: at + 1 },
    })?;
    Ok(bytes)
}

/// Fills `bytes` with randomness of the operating system.
pub(super) fn fill_random(bytes: &mut [u8]) -> Result<(), CurveError> {
    getrandom::fill(bytes).map_err(|_| CurveError::Randomness)
}
