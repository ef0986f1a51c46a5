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
    /// None where connections are not encrypted.
    trusted: Option<Allow>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<Endpoint, Registered>,
    /// Counts what was learned and asked for.
    now: u64,
}

/// What an instance registered. Nobody has checked that.
#[derive(Debug, Clone)]
struct Registered {
    says: RegisteredKey,
    used_at: u64,
}

#[derive(Debug, Clone, Copy)]
enum RegisteredKey {
    NoKey,
    NotAKey(KeyError),
    Key(PublicKey),
}

impl Keyring {
    /// Of a process that trusts those keys, or has none of its own.
    pub(super) fn new(trusted: Option<Allow>) -> Self {
        Self { trusted, known: Mutex::default() }
    }

    /// Takes note of the key that `instance`, which listens at `endpoint`, has registered, if it has.
    pub(super) fn learn(&self, endpoint: &Endpoint, instance: &Instance) {
        let text = instance.info.get(CURVE_KEY).and_then(|key| key.as_str());
        let mut known = self.lock();
        if text.is_none() && self.trusted.is_none() {
            // As it is where nothing is encrypted; what was there before may have been another process.
            known.keys.remove(endpoint);
            return;
        }
        known.now += 1;
        let now = known.now;
        if known.keys.len() >= MAX_KNOWN && !known.keys.contains_key(endpoint) {
            known.forget_half();
        }
        let says = match text.map(str::parse) {
            None => RegisteredKey::NoKey,
            Some(Err(error)) => RegisteredKey::NotAKey(error),
            Some(Ok(key)) => RegisteredKey::Key(key),
        };
        known.keys.insert(endpoint.clone(), Registered { says, used_at: now });
    }

    /// The key that the peer at `endpoint` must have; none where connections are not encrypted.
    ///
    /// # Errors
    ///
    /// [`NotSent::Transport`] when one of both sides has keys and the other has none, none is known, or
    /// the one that is known is not trusted.
    pub(super) fn find(&self, endpoint: &Endpoint) -> Result<Option<PublicKey>, NotSent> {
        let reason = match (&self.trusted, self.lock().find(endpoint)) {
            (None, None | Some(RegisteredKey::NoKey)) => return Ok(None),
            (None, Some(RegisteredKey::Key(_) | RegisteredKey::NotAKey(_))) => format!(
                "`{endpoint}` takes encrypted connections only, as it has registered a `{CURVE_KEY}`, and this \
                 process has no keys: set `curve` of `container`"
            ),
            (Some(trusted), Some(RegisteredKey::Key(key))) if trusted.allows(&key) => return Ok(Some(key)),
            (Some(_), Some(RegisteredKey::Key(key))) => {
                format!(
                    "`{endpoint}` has the key `{key}`, which is not trusted: `trusted` of `container.curve` does \
                     not list it"
                )
            }
            (Some(_), Some(RegisteredKey::NotAKey(error))) => {
                format!("`{endpoint}` registered no public key: {error}")
            }
            (Some(_), Some(RegisteredKey::NoKey)) => format!(
                "`{endpoint}` has registered no `{CURVE_KEY}`, so its connections are not encrypted, and those \
                 of this process are: set `curve` of `container` there"
            ),
            (Some(trusted), None) => match only_one(trusted) {
                Some(key) => return Ok(Some(key)),
                None => {
                    format!("nobody has registered a `{CURVE_KEY}` for `{endpoint}`, so its key is not known")
                }
            },
        };
        Err(NotSent::Transport(reason))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key that everybody must have, when just one is trusted.
fn only_one(trusted: &Allow) -> Option<PublicKey> {
    match trusted {
        Allow::Keys(keys) if keys.len() == 1 => keys.first().copied(),
        _ => None,
    }
}

impl Known {
    /// What was registered for `endpoint`; none of those for whom nobody has registered.
    fn find(&mut self, endpoint: &Endpoint) -> Option<RegisteredKey> {
        self.now += 1;
        let registered = self.keys.get_mut(endpoint)?;
        registered.used_at = self.now;
        Some(registered.says)
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
    fn found(trusted: Option<Allow>, text: Option<&str>) -> Result<Option<PublicKey>, String> {
        let keyring = Keyring::new(trusted);
        let endpoint = Endpoint::new(ENDPOINT);
        keyring.learn(&endpoint, &instance(&endpoint, text));
        keyring.find(&endpoint).map_err(|error| error.to_string())
    }

    fn instance(endpoint: &Endpoint, text: Option<&str>) -> Instance {
        let mut instance = Instance::new("Echo", None, endpoint);
        instance.info.extend(text.map(|text| (CURVE_KEY.to_owned(), text.into())));
        instance
    }

    #[test]
    fn registered_keys_are_taken_if_trusted() {
        let trusted = || Some(Allow::keys([key(1), key(2)]));
        assert_eq!(found(trusted(), Some(&key(2).to_string())), Ok(Some(key(2))));
        assert_eq!(found(Some(Allow::Anyone), Some(&key(3).to_string())), Ok(Some(key(3))));
        let told = found(trusted(), Some(&key(3).to_string())).expect_err("it is not trusted");
        let expected = format!("`{ENDPOINT}` has the key `{}`, which is not trusted: ", key(3));
        assert!(told.starts_with(&expected), "{told}");
        let expected =
            format!("`{ENDPOINT}` registered no public key: a key has 40 characters, this text has 3");
        assert_eq!(found(trusted(), Some("abc")), Err(expected));
    }

    #[test]
    fn either_both_sides_have_keys_or_none() {
        assert_eq!(found(None, None), Ok(None));
        for text in ["abc", &key(1).to_string()] {
            let told = found(None, Some(text)).expect_err("it wants keys");
            assert!(told.ends_with("this process has no keys: set `curve` of `container`"), "{told}");
        }
        for trusted in [Allow::Anyone, Allow::keys([key(1)])] {
            let told = found(Some(trusted), None).expect_err("it has none");
            assert!(told.ends_with("set `curve` of `container` there"), "{told}");
        }
    }

    #[test]
    fn where_nobody_registered_only_a_single_key_can_be_meant() {
        let found =
            |trusted| Keyring::new(trusted).find(&Endpoint::new(ENDPOINT)).map_err(|it| it.to_string());
        assert_eq!(found(None), Ok(None));
        assert_eq!(found(Some(Allow::keys([key(1)]))), Ok(Some(key(1))));
        let expected =
            format!("nobody has registered a `curve_key` for `{ENDPOINT}`, so its key is not known");
        assert_eq!(found(Some(Allow::keys([key(1), key(2)]))), Err(expected.clone()));
        assert_eq!(found(Some(Allow::Anyone)), Err(expected));
    }

    #[test]
    fn keys_out_of_use_are_forgotten_before_there_are_too_many() {
        let keyring = Keyring::new(Some(Allow::Anyone));
        let endpoint = |port: usize| Endpoint::new(format!("tcp://127.0.0.1:{port}"));
        for port in 0..3 * MAX_KNOWN {
            keyring.learn(&endpoint(port), &instance(&endpoint(port), Some(&key(1).to_string())));
            assert_eq!(keyring.find(&endpoint(0)), Ok(Some(key(1))), "it is in use");
            assert!(keyring.lock().keys.len() <= MAX_KNOWN);
        }
        assert!(keyring.find(&endpoint(1)).is_err());
        assert_eq!(keyring.find(&endpoint(3 * MAX_KNOWN - 1)), Ok(Some(key(1))));
    }
}
