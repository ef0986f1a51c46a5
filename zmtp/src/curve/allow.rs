//! Who may connect.

use std::collections::BTreeSet;

use super::key::PublicKey;

/// Which clients a server takes. The default takes none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Allow {
    /// Those that have the secret key of one of these.
    Keys(BTreeSet<PublicKey>),
    /// Everybody who knows the server's public key, which is no secret: connections are private
    /// then, but nobody is kept out.
    Anyone,
}

impl Allow {
    /// Those with one of these keys; nobody when there are none.
    pub fn keys(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self::Keys(keys.into_iter().collect())
    }

    /// Whether a client that has proved to own `key` may connect.
    #[must_use]
    pub fn allows(&self, key: &PublicKey) -> bool {
        match self {
            Self::Keys(keys) => keys.contains(key),
            Self::Anyone => true,
        }
    }
}

impl Default for Allow {
    fn default() -> Self {
        Self::Keys(BTreeSet::new())
    }
}
