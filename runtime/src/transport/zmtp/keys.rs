//! Which key the peer at an endpoint must have.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lymph_zmtp::curve::{Allow, KeyError, PublicKey};

use crate::Endpoint;
use crate::error::NotSent;
use crate::registry::Instance;

/// What a process registers its public key as.
pub(super) const CURVE_KEY: &str = "curve_key";

/// Endpoints whose key is kept; more than there are peers.
const MAX_KNOWN: usize = 4096;

/// What the registry says of keys, as far as those whom we trust go.
#[derive(Debug)]
pub(super) struct Keyring {
    trusted: Allow,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<Endpoint, Registered>,
    /// Counts what was learned and asked for.
    now: u64,
}

/// A key as it was registered. Nobody has checked that.
#[derive(Debug, Clone)]
struct Registered {
    key: Result<PublicKey, KeyError>,
    used_at: u64,
}

impl Keyring {
    pub(super) fn new(trusted: Allow) -> Self {
        Self { trusted, known: Mutex::default() }
    }

    /// Takes note of the key that `instance`, which listens at `endpoint`, has registered, if it has.
    pub(super) fn learn(&self, endpoint: &Endpoint, instance: &Instance) {
        let mut known = self.lock();
        let Some(text) = instance.info.get(CURVE_KEY).and_then(|key| key.as_str()) else {
            // What was there may have been another process.
            known.keys.remove(endpoint);
            return;
        };
        known.now += 1;
        let now = known.now;
        if known.keys.len() >= MAX_KNOWN && !known.keys.contains_key(endpoint) {
            known.forget_half();
        }
        let registered = Registered { key: text.parse(), used_at: now };
        known.keys.insert(endpoint.clone(), registered);
    }

    /// The key that the peer at `endpoint` must have.
    ///
    /// # Errors
    ///
    /// [`NotSent::Transport`] when none is known, or the one that is known is not trusted.
    pub(super) fn find(&self, endpoint: &Endpoint) -> Result<PublicKey, NotSent> {
        match self.lock().find(endpoint) {
            Some(Ok(key)) if self.trusted.allows(&key) => Ok(key),
            Some(Ok(key)) => {
                Err(NotSent::Transport(format!("`{endpoint}` has the key `{key}`, which is not trusted")))
            }
            Some(Err(error)) => {
                Err(NotSent::Transport(format!("`{endpoint}` registered no public key: {error}")))
            }
            None => self.only_one().ok_or_else(|| {
                NotSent::Transport(format!(
                    "`{endpoint}` has registered no `{CURVE_KEY}`, so its key is not known"
                ))
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that everybody must have, when just one is trusted.
    fn only_one(&self) -> Option<PublicKey> {
        match &self.trusted {
            Allow::Keys(keys) if keys.len() == 1 => keys.first().copied(),
            _ => None,
        }
    }
}

impl Known {
    fn find(&mut self, endpoint: &Endpoint) -> Option<Result<PublicKey, KeyError>> {
        self.now += 1;
        let registered = self.keys.get_mut(endpoint)?;
        registered.used_at = self.now;
        Some(registered.key)
    }

    /// Drops the half that was not asked for lately: endpoints of processes that have ended.
    fn forget_half(&mut self) {
        let mut times: Vec<_> = self.keys.values().map(|registered| registered.used_at).collect();
        times.sort_unstable();
        let half = times[times.len() / 2];
        self.keys.retain(|_, registered| registered.used_at >= half);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "tcp://127.0.0.1:4080";

    fn key(byte: u8) -> PublicKey {
        PublicKey::from_bytes([byte; 32])
    }

    /// What becomes of a message for an instance that registered `text` as its key.
    fn found(trusted: Allow, text: Option<&str>) -> Result<PublicKey, String> {
        let keyring = Keyring::new(trusted);
        let endpoint = Endpoint::new(ENDPOINT);
        let mut instance = Instance::new("Echo", None, &endpoint);
        if let Some(text) = text {
            instance.info.insert(CURVE_KEY.to_owned(), text.into());
        }
        keyring.learn(&endpoint, &instance);
        keyring.find(&endpoint).map_err(|error| error.to_string())
    }

    #[test]
    fn registered_keys_are_taken_if_trusted() {
        let trusted = || Allow::keys([key(1), key(2)]);
        assert_eq!(found(trusted(), Some(&key(2).to_string())), Ok(key(2)));
        assert_eq!(found(Allow::Anyone, Some(&key(3).to_string())), Ok(key(3)));
        let expected = format!("`{ENDPOINT}` has the key `{}`, which is not trusted", key(3));
        assert_eq!(found(trusted(), Some(&key(3).to_string())), Err(expected));
        let expected =
            format!("`{ENDPOINT}` registered no public key: a key has 40 characters, this text has 3");
        assert_eq!(found(trusted(), Some("abc")), Err(expected));
    }

    #[test]
    fn without_a_registered_key_only_a_single_one_can_be_meant() {
        assert_eq!(found(Allow::keys([key(1)]), None), Ok(key(1)));
        let expected = format!("`{ENDPOINT}` has registered no `curve_key`, so its key is not known");
        assert_eq!(found(Allow::keys([key(1), key(2)]), None), Err(expected.clone()));
        assert_eq!(found(Allow::Anyone, None), Err(expected));
    }

    #[test]
    fn keys_out_of_use_are_forgotten_before_there_are_too_many() {
        let keyring = Keyring::new(Allow::Anyone);
        let endpoint = |port: usize| Endpoint::new(format!("tcp://127.0.0.1:{port}"));
        for port in 0..3 * MAX_KNOWN {
            let mut instance = Instance::new("Echo", None, &endpoint(port));
            instance.info.insert(CURVE_KEY.to_owned(), key(1).to_string().into());
            keyring.learn(&endpoint(port), &instance);
            assert_eq!(keyring.find(&endpoint(0)), Ok(key(1)), "it is in use");
            assert!(keyring.lock().keys.len() <= MAX_KNOWN);
        }
        assert!(keyring.find(&endpoint(1)).is_err());
        assert_eq!(keyring.find(&endpoint(3 * MAX_KNOWN - 1)), Ok(key(1)));
    }
}
