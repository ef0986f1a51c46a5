//! The six commands: their names, sizes and parts.

use super::cipher::{LONG_NONCE_LEN, TAG_LEN};
use super::error::CurveError;
use super::key::KEY_LEN;

/// Bytes of `HELLO`: more than of the `WELCOME` that answers it, so that nobody can make a server
/// send more than was sent to it.
pub const HELLO_LEN: usize = 6 + 2 + HELLO_PADDING_LEN + KEY_LEN + NONCE_LEN + TAG_LEN + HELLO_PROOF_LEN;

/// Bytes of `WELCOME`.
pub const WELCOME_LEN: usize = 8 + LONG_NONCE_LEN + TAG_LEN + KEY_LEN + COOKIE_LEN;

/// Bytes of `INITIATE` without metadata.
pub const INITIATE_MIN_LEN: usize = 9 + COOKIE_LEN + NONCE_LEN + TAG_LEN + KEY_LEN + VOUCH_LEN;

/// Bytes of `READY` without metadata.
pub const READY_MIN_LEN: usize = 6 + NONCE_LEN + TAG_LEN;

/// Bytes of metadata that are sent or taken at most. A socket's type and identity need 300.
pub const MAX_METADATA_LEN: usize = 4096;

/// Zeros in `HELLO` that make it long.
pub(super) const HELLO_PADDING_LEN: usize = 72;

/// Zeros in `HELLO` that prove by being sealed that the client knows the server's key.
pub(super) const HELLO_PROOF_LEN: usize = 64;

/// Bytes of a message's number.
pub(super) const NONCE_LEN: usize = 8;

/// Bytes of the cookie: two keys, sealed.
pub(super) const COOKIE_LEN: usize = LONG_NONCE_LEN + TAG_LEN + 2 * KEY_LEN;

/// Bytes of the vouch: two keys, sealed.
pub(super) const VOUCH_LEN: usize = LONG_NONCE_LEN + TAG_LEN + 2 * KEY_LEN;

/// The version of CURVE, major and minor.
pub(super) const VERSION: [u8; 2] = [1, 0];

/// Characters of a foreign name or reason that are shown.
const MAX_SHOWN: usize = 64;

/// A command's name, and the start of the nonce of the box in it.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// How it begins: the name's length and the name.
    pub(super) head: &'static [u8],
}

pub(super) const HELLO: Kind = Kind { name: "HELLO", head: b"\x05HELLO" };
pub(super) const WELCOME: Kind = Kind { name: "WELCOME", head: b"\x07WELCOME" };
pub(super) const INITIATE: Kind = Kind { name: "INITIATE", head: b"\x08INITIATE" };
pub(super) const READY: Kind = Kind { name: "READY", head: b"\x05READY" };
pub(super) const MESSAGE: Kind = Kind { name: "MESSAGE", head: b"\x07MESSAGE" };
const ERROR: Kind = Kind { name: "ERROR", head: b"\x05ERROR" };

impl Kind {
    /// What follows the name of `command`.
    ///
    /// # Errors
    ///
    /// [`CurveError::Unexpected`] when it has another name, [`CurveError::Refused`] when that is
    /// `ERROR` and a server says so.
    pub(super) fn strip<'a>(&self, command: &'a [u8]) -> Result<&'a [u8], CurveError> {
        match command.strip_prefix(self.head) {
            Some(body) => Ok(body),
            None => Err(CurveError::Unexpected { expected: self.name, received: name_of(command) }),
        }
    }

    /// [`Kind::strip`] for what a server sends in a handshake: it may refuse instead.
    pub(super) fn strip_answer<'a>(&self, command: &'a [u8]) -> Result<&'a [u8], CurveError> {
        if let Some(body) = command.strip_prefix(ERROR.head) {
            return Err(refusal(body));
        }
        self.strip(command)
    }

    pub(super) fn malformed(&self, mistake: &'static str) -> CurveError {
        CurveError::Malformed { command: self.name, mistake }
    }

    pub(super) fn forged(&self) -> CurveError {
        CurveError::Forged { command: self.name }
    }
}

/// The command that tells a client why it is refused: up to 255 characters of ASCII.
pub(super) fn error(reason: &'static str) -> Vec<u8> {
    let mut command = ERROR.head.to_vec();
    command.extend(u8::try_from(reason.len()));
    command.extend_from_slice(reason.as_bytes());
    command
}

/// Cuts `N` bytes off the front of `rest`; lengths are checked before, so they are there.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, remaining) = rest.split_first_chunk()?;
    *rest = remaining;
    Some(*taken)
}

/// Refuses metadata of ours that no peer would take.
pub(super) fn check_metadata(metadata: &[u8]) -> Result<(), CurveError> {
    let len = metadata.len();
    if len > MAX_METADATA_LEN { Err(CurveError::Metadata { len }) } else { Ok(()) }
}

fn refusal(body: &[u8]) -> CurveError {
    match body.split_first() {
        Some((len, reason)) if usize::from(*len) == reason.len() => {
            CurveError::Refused { reason: printable(reason) }
        }
        _ => ERROR.malformed("is cut off"),
    }
}

/// The name of a command that was not expected, as far as it has one.
fn name_of(command: &[u8]) -> String {
    let name = command.split_first().and_then(|(len, rest)| rest.get(..usize::from(*len)));
    match name {
        Some(name) if !name.is_empty() && name.iter().all(u8::is_ascii_graphic) => {
            format!("`{}`", printable(name))
        }
        _ => "something that has no name".to_owned(),
    }
}

/// What a peer wrote, made safe to log.
fn printable(text: &[u8]) -> String {
    let shown = text.iter().take(MAX_SHOWN);
    shown.map(|byte| if (0x20..0x7F).contains(byte) { char::from(*byte) } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_specification() {
        assert_eq!([HELLO_LEN, WELCOME_LEN, INITIATE_MIN_LEN, READY_MIN_LEN], [200, 168, 257, 30]);
    }

    #[test]
    fn heads_carry_the_names() {
        for kind in [HELLO, WELCOME, INITIATE, READY, MESSAGE, ERROR] {
            assert_eq!(usize::from(kind.head[0]), kind.name.len());
            assert_eq!(&kind.head[1..], kind.name.as_bytes());
        }
    }

    #[test]
    fn foreign_text_is_safe_to_log() {
        let refused = READY.strip_answer(b"\x05ERROR\x05a\x1b[2m").err();
        assert_eq!(refused, Some(CurveError::Refused { reason: "a?[2m".to_owned() }));
        let cut_off = READY.strip_answer(b"\x05ERROR\x05a").err();
        assert_eq!(cut_off.map(|error| error.to_string()).as_deref(), Some("`ERROR` is cut off"));
        let other = READY.strip(b"\x03\x1b[2").err().map(|error| error.to_string());
        assert_eq!(other.as_deref(), Some("expected `READY`, received something that has no name"));
        let other = READY.strip(b"\x04PING\0\0").err().map(|error| error.to_string());
        assert_eq!(other.as_deref(), Some("expected `READY`, received `PING`"));
    }
}
