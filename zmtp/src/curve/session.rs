//! A connection that both sides trust.

use std::fmt;
use std::ops::Range;

use bytes::{BufMut, BytesMut};

use super::cipher::{BoxKey, FamilyKey, TAG_LEN};
use super::command::{MESSAGE, NONCE_LEN};
use super::error::CurveError;

/// Bytes that `MESSAGE` has beyond what it carries.
pub const OVERHEAD: usize = START + FLAGS_LEN;

/// Where the sealed part's content starts: name, number and tag go before.
const START: usize = 8 + NONCE_LEN + TAG_LEN;

const FLAGS_LEN: usize = 1;

const MORE: u8 = 0b01;
const COMMAND: u8 = 0b10;

/// What a frame is, inside its encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// Further frames of the same message follow.
    pub more: bool,
    /// A command such as `PING`, no part of a message. The specification does not have it; libzmq
    /// does.
    pub command: bool,
}

/// A message that was opened in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub flags: Flags,
    /// Where in the frame it is now.
    pub payload: Range<usize>,
}

/// A connection that both sides trust: seals what is sent, opens what is received.
///
/// Both directions have keys of their own and count their messages, so that each message is taken
/// once, in its order, and none can be left out. After any error the connection must be closed.
pub struct Session {
    seal_key: FamilyKey,
    open_key: FamilyKey,
    sent: Sent,
    received: Received,
}

impl Session {
    pub(super) fn new(key: &BoxKey, role: Role, sent: Sent, received: Received) -> Self {
        let from_client = key.family(b"CurveZMQMESSAGEC");
        let from_server = key.family(b"CurveZMQMESSAGES");
        let (seal_key, open_key) = match role {
            Role::Client => (from_client, from_server),
            Role::Server => (from_server, from_client),
        };
        Self { seal_key, open_key, sent, received }
    }

    /// Appends a `MESSAGE` that carries `payload` to `out`; [`OVERHEAD`] bytes more than it has.
    /// The frame around it is no command and is not followed by more, whatever `flags` say: nobody
    /// on the way should know.
    ///
    /// # Errors
    ///
    /// [`CurveError::Exhausted`] after 2^64 - 1 messages; `out` is unchanged then.
    pub fn seal(&mut self, flags: Flags, payload: &[u8], out: &mut BytesMut) -> Result<(), CurveError> {
        let nonce = self.sent.next()?;
        out.reserve(OVERHEAD + payload.len());
        out.put_slice(MESSAGE.head);
        out.put_slice(&nonce);
        let start = out.len();
        out.put_bytes(0, TAG_LEN);
        out.put_u8(if flags.more { MORE } else { 0 } | if flags.command { COMMAND } else { 0 });
        out.put_slice(payload);
        self.seal_key.seal(&nonce, &mut out[start..]);
        Ok(())
    }

    /// Opens the `MESSAGE` that fills `frame` in its place.
    ///
    /// # Errors
    ///
    /// When it is none, or not the next one of this connection.
    pub fn open(&mut self, frame: &mut [u8]) -> Result<Message, CurveError> {
        let len = frame.len();
        let Some(nonce) = MESSAGE.strip(frame)?.first_chunk().copied().filter(|_| len >= OVERHEAD) else {
            return Err(MESSAGE.malformed("is cut off"));
        };
        // Before the work of opening it, which a repeated one would waste.
        let mut received = self.received;
        received.advance(MESSAGE.name, nonce)?;
        let content = self.open_key.open(&nonce, &mut frame[START - TAG_LEN..]);
        let flags = content.ok_or_else(|| MESSAGE.forged())?[0];
        if flags & !(MORE | COMMAND) != 0 {
            return Err(MESSAGE.malformed("has flags that nobody has defined"));
        }
        self.received = received;
        let flags = Flags { more: flags & MORE != 0, command: flags & COMMAND != 0 };
        Ok(Message { flags, payload: OVERHEAD..len })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sent, received) = (self.sent.0, self.received.0);
        f.debug_struct("Session").field("sent", &sent).field("received", &received).finish_non_exhaustive()
    }
}

/// Which side of the handshake somebody was.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Client,
    Server,
}

/// The number of the last command sent; the first has 1.
#[derive(Debug, Default)]
pub(super) struct Sent(u64);

impl Sent {
    /// The next number, which no other command of this direction has or will have.
    pub(super) fn next(&mut self) -> Result<[u8; NONCE_LEN], CurveError> {
        self.0 = self.0.checked_add(1).ok_or(CurveError::Exhausted)?;
        Ok(self.0.to_be_bytes())
    }
}

/// The number of the last command received.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received(u64);

impl Received {
    /// After the peer's first command, which may have any number.
    pub(super) fn starting_at(nonce: [u8; NONCE_LEN]) -> Self {
        Self(u64::from_be_bytes(nonce))
    }

    /// Takes the number of the next command. Streams lose nothing by themselves, so one that is
    /// missing was taken out.
    pub(super) fn advance(
        &mut self,
        command: &'static str,
        nonce: [u8; NONCE_LEN],
    ) -> Result<(), CurveError> {
        let received = u64::from_be_bytes(nonce);
        let expected = self.0.checked_add(1).ok_or(CurveError::Exhausted)?;
        if received != expected {
            return Err(CurveError::OutOfOrder { command, expected, received });
        }
        self.0 = received;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_instead_of_beginning_again() {
        let mut sent = Sent(u64::MAX - 1);
        assert_eq!(sent.next(), Ok([0xFF; NONCE_LEN]));
        assert_eq!(sent.next(), Err(CurveError::Exhausted));
        assert_eq!(sent.next(), Err(CurveError::Exhausted));

        let mut received = Received(u64::MAX - 1);
        assert_eq!(received.advance("MESSAGE", [0xFF; NONCE_LEN]), Ok(()));
        assert_eq!(received.advance("MESSAGE", [0; NONCE_LEN]), Err(CurveError::Exhausted));
    }

    #[test]
    fn exhausted_session_writes_nothing() {
        let key = BoxKey::random().expect("the system has randomness");
        let mut session = Session::new(&key, Role::Client, Sent(u64::MAX), Received(0));
        let mut out = BytesMut::new();
        assert_eq!(session.seal(Flags::default(), b"payload", &mut out), Err(CurveError::Exhausted));
        assert_eq!(out.len(), 0);
    }

    #[test]
    fn undefined_flags_are_refused() {
        let key = BoxKey::random().expect("the system has randomness");
        let mut server = Session::new(&key, Role::Server, Sent(0), Received(0));
        let nonce = 1_u64.to_be_bytes();
        let mut frame = [MESSAGE.head, &nonce, &[0; TAG_LEN], &[0b100]].concat();
        key.family(b"CurveZMQMESSAGEC").seal(&nonce, &mut frame[START - TAG_LEN..]);
        let error = server.open(&mut frame).expect_err("only two flags are defined");
        assert_eq!(error, MESSAGE.malformed("has flags that nobody has defined"));
    }
}
