//! The side that knows whom it wants to reach.

use zeroize::Zeroizing;

use super::cipher::{BoxKey, TAG_LEN};
use super::command::{
    COOKIE_LEN, HELLO, HELLO_LEN, HELLO_PADDING_LEN, HELLO_PROOF_LEN, INITIATE, INITIATE_MIN_LEN,
    MAX_METADATA_LEN, READY, READY_MIN_LEN, VERSION, VOUCH_LEN, WELCOME, WELCOME_LEN, check_metadata, take,
};
use super::error::CurveError;
use super::key::{KEY_LEN, PublicKey, SecretKey};
use super::session::{Received, Role, Sent, Session};

/// The beginning of a client's handshake.
#[derive(Debug)]
pub struct Client(());

impl Client {
    /// Begins a handshake with the server that has `server`, as the owner of `keys`. Returns the
    /// `HELLO` to send and what waits for its answer.
    ///
    /// # Errors
    ///
    /// [`CurveError::InvalidKey`] when `server` belongs to no secret key, [`CurveError::Randomness`].
    pub fn start(keys: &SecretKey, server: &PublicKey) -> Result<(AwaitWelcome, Vec<u8>), CurveError> {
        let transient = SecretKey::generate()?;
        let hello_key = BoxKey::agree(&transient, server)?;
        let mut sent = Sent::default();
        let nonce = sent.next()?;

        let mut hello = Vec::with_capacity(HELLO_LEN);
        hello.extend_from_slice(HELLO.head);
        hello.extend_from_slice(&VERSION);
        hello.extend_from_slice(&[0; HELLO_PADDING_LEN]);
        hello.extend_from_slice(transient.public_key().as_bytes());
        hello.extend_from_slice(&nonce);
        let start = hello.len();
        hello.extend_from_slice(&[0; TAG_LEN + HELLO_PROOF_LEN]);
        hello_key.family(b"CurveZMQHELLO---").seal(&nonce, &mut hello[start..]);

        Ok((AwaitWelcome { keys: keys.clone(), server: *server, transient, hello_key, sent }, hello))
    }
}

/// A client that has sent `HELLO`.
#[derive(Debug)]
pub struct AwaitWelcome {
    keys: SecretKey,
    server: PublicKey,
    transient: SecretKey,
    hello_key: BoxKey,
    sent: Sent,
}

impl AwaitWelcome {
    /// Reads `WELCOME`, which proves that the server has the expected key. Returns the `INITIATE`
    /// to send, with `metadata` of ours in it, and what waits for its answer.
    ///
    /// # Errors
    ///
    /// When the command is not a `WELCOME` of this server for this connection.
    pub fn welcome(mut self, command: &[u8], metadata: &[u8]) -> Result<(AwaitReady, Vec<u8>), CurveError> {
        check_metadata(metadata)?;
        let body = WELCOME.strip_answer(command)?;
        if command.len() != WELCOME_LEN {
            return Err(WELCOME.malformed("has not 168 bytes"));
        }
        let content = self.hello_key.open_long(b"WELCOME-", body).ok_or_else(|| WELCOME.forged())?;
        let (server_transient, cookie) = parts(&content).ok_or_else(|| WELCOME.malformed("is cut off"))?;
        let key = BoxKey::agree(&self.transient, &server_transient)?;
        let nonce = self.sent.next()?;

        let mut initiate = Vec::with_capacity(INITIATE_MIN_LEN + metadata.len());
        initiate.extend_from_slice(INITIATE.head);
        initiate.extend_from_slice(&cookie);
        initiate.extend_from_slice(&nonce);
        let start = initiate.len();
        initiate.extend_from_slice(&[0; TAG_LEN]);
        initiate.extend_from_slice(self.keys.public_key().as_bytes());
        self.vouch(&server_transient, &mut initiate)?;
        initiate.extend_from_slice(metadata);
        key.family(b"CurveZMQINITIATE").seal(&nonce, &mut initiate[start..]);

        Ok((AwaitReady { key, sent: self.sent }, initiate))
    }

    /// Says with the long-term key that the transient one is ours, to this server only.
    fn vouch(&self, server_transient: &PublicKey, out: &mut Vec<u8>) -> Result<(), CurveError> {
        let mut content = [0; 2 * KEY_LEN];
        content[..KEY_LEN].copy_from_slice(self.transient.public_key().as_bytes());
        content[KEY_LEN..].copy_from_slice(self.server.as_bytes());
        let start = out.len();
        BoxKey::agree(&self.keys, server_transient)?.seal_long(b"VOUCH---", &content, out)?;
        debug_assert_eq!(out.len() - start, VOUCH_LEN, "a vouch is two keys");
        Ok(())
    }
}

/// A client that has sent `INITIATE`.
#[derive(Debug)]
pub struct AwaitReady {
    key: BoxKey,
    sent: Sent,
}

impl AwaitReady {
    /// Reads `READY`. Returns the connection and the server's metadata.
    ///
    /// # Errors
    ///
    /// [`CurveError::Refused`] when the server does not take this client; other errors when the
    /// command is not a `READY` of this connection.
    pub fn ready(self, command: &[u8]) -> Result<(Session, Vec<u8>), CurveError> {
        let mut body = READY.strip_answer(command)?;
        if !(READY_MIN_LEN..=READY_MIN_LEN + MAX_METADATA_LEN).contains(&command.len()) {
            return Err(READY.malformed("is too short or too long"));
        }
        let nonce = take(&mut body).ok_or_else(|| READY.malformed("is cut off"))?;
        let metadata = self.key.family(b"CurveZMQREADY---").open_copy(&nonce, body);
        let metadata = metadata.ok_or_else(|| READY.forged())?;
        let session = Session::new(&self.key, Role::Client, self.sent, Received::starting_at(nonce));
        Ok((session, metadata.to_vec()))
    }
}

/// The server's transient key and its cookie.
fn parts(content: &Zeroizing<Vec<u8>>) -> Option<(PublicKey, [u8; COOKIE_LEN])> {
    let mut rest = content.as_slice();
    let key = PublicKey::from_bytes(take(&mut rest)?);
    Some((key, take(&mut rest)?))
}
