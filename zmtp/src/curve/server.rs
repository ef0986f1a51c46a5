//! The side that is reached, and decides by whom.

use std::time::{Duration, Instant};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::cipher::{BoxKey, TAG_LEN};
use super::command::{
    self, COOKIE_LEN, HELLO, HELLO_LEN, HELLO_PADDING_LEN, HELLO_PROOF_LEN, INITIATE, INITIATE_MIN_LEN,
    MAX_METADATA_LEN, READY, READY_MIN_LEN, VERSION, VOUCH_LEN, WELCOME, WELCOME_LEN, check_metadata, take,
};
use super::error::CurveError;
use super::key::{KEY_LEN, PublicKey, SecretKey};
use super::session::{Received, Role, Sent, Session};

/// How long a client may take from `WELCOME` to `INITIATE`.
pub const COOKIE_LIFETIME: Duration = Duration::from_secs(60);

/// What libzmq's clients are told when their key is not allowed, in the manner of HTTP.
const NOT_ALLOWED: &str = "400";

/// The beginning of a server's handshake.
#[derive(Debug)]
pub struct Server {
    keys: SecretKey,
}

impl Server {
    /// Awaits a client, as the owner of `keys`.
    #[must_use]
    pub fn new(keys: &SecretKey) -> Self {
        Self { keys: keys.clone() }
    }

    /// Reads `HELLO`, which proves that the client knows this server's public key and nothing
    /// else. Returns the `WELCOME` to send and what waits for its answer.
    ///
    /// # Errors
    ///
    /// When the command is not a `HELLO` to this server. It gets no answer then.
    pub fn hello(self, command: &[u8], now: Instant) -> Result<(AwaitInitiate, Vec<u8>), CurveError> {
        let mut body = HELLO.strip(command)?;
        if command.len() != HELLO_LEN {
            return Err(HELLO.malformed("has not 200 bytes"));
        }
        let cut_off = || HELLO.malformed("is cut off");
        if take(&mut body) != Some(VERSION) {
            return Err(HELLO.malformed("speaks another version of CURVE than 1.0"));
        }
        if take(&mut body) != Some([0; HELLO_PADDING_LEN]) {
            return Err(HELLO.malformed("has padding that is not zero"));
        }
        let client_transient = PublicKey::from_bytes(take(&mut body).ok_or_else(cut_off)?);
        let nonce = take(&mut body).ok_or_else(cut_off)?;
        let hello_key = BoxKey::agree(&self.keys, &client_transient)?;
        let proof = hello_key.family(b"CurveZMQHELLO---").open_copy(&nonce, body);
        let proof = proof.ok_or_else(|| HELLO.forged())?;
        if proof.as_slice() != [0; HELLO_PROOF_LEN] {
            return Err(HELLO.malformed("proves nothing"));
        }

        let transient = SecretKey::generate()?;
        let cookie_key = BoxKey::random()?;
        let mut secrets = Zeroizing::new([0; 2 * KEY_LEN]);
        secrets[..KEY_LEN].copy_from_slice(client_transient.as_bytes());
        secrets[KEY_LEN..].copy_from_slice(transient.as_bytes());
        let mut content = Vec::with_capacity(KEY_LEN + COOKIE_LEN);
        content.extend_from_slice(transient.public_key().as_bytes());
        cookie_key.seal_long(b"COOKIE--", &*secrets, &mut content)?;
        let mut welcome = Vec::with_capacity(WELCOME_LEN);
        welcome.extend_from_slice(WELCOME.head);
        hello_key.seal_long(b"WELCOME-", &content, &mut welcome)?;

        let public = self.keys.public_key();
        let received = Received::starting_at(nonce);
        Ok((AwaitInitiate { public, cookie_key, received, since: now }, welcome))
    }
}

/// A server that has sent `WELCOME`.
///
/// It knows no key of the connection: those are in the cookie, which the client brings back. The
/// key that opens the cookie belongs to this connection alone and goes with this value, so what
/// was recorded of one connection opens nothing on another.
#[derive(Debug)]
pub struct AwaitInitiate {
    public: PublicKey,
    cookie_key: BoxKey,
    received: Received,
    since: Instant,
}

impl AwaitInitiate {
    /// Reads `INITIATE`, which proves who the client is. Whether it may connect is for the caller
    /// to decide.
    ///
    /// # Errors
    ///
    /// When the command is not an `INITIATE` of this connection, its client does not have the
    /// secret key of the public one that it names, or the cookie is older than
    /// [`COOKIE_LIFETIME`]. It gets no answer then.
    pub fn initiate(mut self, command: &[u8], now: Instant) -> Result<Request, CurveError> {
        let mut body = INITIATE.strip(command)?;
        if !(INITIATE_MIN_LEN..=INITIATE_MIN_LEN + MAX_METADATA_LEN).contains(&command.len()) {
            return Err(INITIATE.malformed("is too short or too long"));
        }
        if now.saturating_duration_since(self.since) > COOKIE_LIFETIME {
            return Err(CurveError::CookieExpired);
        }
        let cut_off = || INITIATE.malformed("is cut off");
        let forged = || INITIATE.forged();
        let cookie: [u8; COOKIE_LEN] = take(&mut body).ok_or_else(cut_off)?;
        let nonce = take(&mut body).ok_or_else(cut_off)?;
        let secrets = self.cookie_key.open_long(b"COOKIE--", &cookie).ok_or_else(forged)?;
        let (client_transient, transient) = transient_keys(&secrets).ok_or_else(cut_off)?;

        let key = BoxKey::agree(&transient, &client_transient)?;
        let content = key.family(b"CurveZMQINITIATE").open_copy(&nonce, body).ok_or_else(forged)?;
        self.received.advance(INITIATE.name, nonce)?;
        let mut content = content.as_slice();
        let client = PublicKey::from_bytes(take(&mut content).ok_or_else(cut_off)?);
        let vouch: [u8; VOUCH_LEN] = take(&mut content).ok_or_else(cut_off)?;
        let vouched =
            BoxKey::agree(&transient, &client)?.open_long(b"VOUCH---", &vouch).ok_or_else(forged)?;
        let expected = [client_transient.as_bytes().as_slice(), self.public.as_bytes()].concat();
        if !bool::from(vouched.ct_eq(&expected)) {
            return Err(forged());
        }
        Ok(Request { client, metadata: content.to_vec(), key, received: self.received })
    }
}

/// A client that has proved who it is and waits for an answer.
#[derive(Debug)]
pub struct Request {
    client: PublicKey,
    metadata: Vec<u8>,
    key: BoxKey,
    received: Received,
}

impl Request {
    /// The client's long-term key.
    #[must_use]
    pub fn client_key(&self) -> &PublicKey {
        &self.client
    }

    /// The client's metadata, at most [`MAX_METADATA_LEN`] bytes that nobody has looked at yet.
    #[must_use]
    pub fn metadata(&self) -> &[u8] {
        &self.metadata
    }

    /// Takes the client. Returns the connection, and the `READY` to send, with `metadata` of ours
    /// in it.
    ///
    /// # Errors
    ///
    /// [`CurveError::Metadata`] when it is too long.
    pub fn accept(self, metadata: &[u8]) -> Result<(Session, Vec<u8>), CurveError> {
        check_metadata(metadata)?;
        let mut sent = Sent::default();
        let nonce = sent.next()?;
        let mut ready = Vec::with_capacity(READY_MIN_LEN + metadata.len());
        ready.extend_from_slice(READY.head);
        ready.extend_from_slice(&nonce);
        let start = ready.len();
        ready.extend_from_slice(&[0; TAG_LEN]);
        ready.extend_from_slice(metadata);
        self.key.family(b"CurveZMQREADY---").seal(&nonce, &mut ready[start..]);
        Ok((Session::new(&self.key, Role::Server, sent, self.received), ready))
    }

    /// Refuses the client. Returns the `ERROR` to send before the connection is closed.
    #[must_use]
    pub fn refuse(self) -> Vec<u8> {
        command::error(NOT_ALLOWED)
    }
}

/// The client's transient key and ours, as the cookie holds them.
fn transient_keys(secrets: &[u8]) -> Option<(PublicKey, SecretKey)> {
    let (client, own) = secrets.split_first_chunk()?;
    Some((PublicKey::from_bytes(*client), SecretKey::from_bytes(own.try_into().ok()?)))
}
