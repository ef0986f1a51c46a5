//! Frames from one engine to the other, which no application sees.

use bytes::{BufMut, BytesMut};

use crate::ProtocolError;
use crate::frame::{COMMAND, put_header};

/// The most bytes that a heartbeat may carry along.
const MAX_CONTEXT: usize = 16;

/// A command's meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    /// Ends a peer's part in the handshake; holds its metadata.
    Ready(&'a [u8]),
    /// Ends the connection; holds the reason.
    Error(&'a [u8]),
    /// Asks for a [`Command::Pong`] with the same context. The time to live is only advice.
    Ping { ttl_tenths: u16, context: &'a [u8] },
    /// Answers a [`Command::Ping`].
    Pong { context: &'a [u8] },
    /// Anything else.
    Other { name: &'a [u8] },
}

impl<'a> Command<'a> {
    /// Reads the body of a command's frame.
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, ProtocolError> {
        let malformed = ProtocolError::MalformedCommand;
        let (name, data) = take_short(body).filter(|(name, _)| !name.is_empty()).ok_or(malformed("?"))?;
        Ok(match name {
            b"READY" => Self::Ready(data),
            b"ERROR" => {
                let (reason, _) = take_short(data).ok_or(malformed("ERROR"))?;
                Self::Error(reason)
            }
            b"PING" => {
                let (ttl, context) = data.split_first_chunk().ok_or(malformed("PING"))?;
                if context.len() > MAX_CONTEXT {
                    return Err(malformed("PING"));
                }
                Self::Ping { ttl_tenths: u16::from_be_bytes(*ttl), context }
            }
            b"PONG" if data.len() > MAX_CONTEXT => return Err(malformed("PONG")),
            b"PONG" => Self::Pong { context: data },
            _ => Self::Other { name },
        })
    }

    /// Writes the command with the header of its frame.
    pub(crate) fn put(&self, out: &mut BytesMut) {
        let (name, len) = self.name_and_len();
        put_header(out, COMMAND, 1 + name.len() + len);
        self.put_body(out);
    }

    /// Its name, and how many bytes follow that.
    fn name_and_len(&self) -> (&'a [u8], usize) {
        match self {
            Self::Ready(metadata) => (b"READY", metadata.len()),
            Self::Error(reason) => (b"ERROR", 1 + reason.len()),
            Self::Ping { context, .. } => (b"PING", 2 + context.len()),
            Self::Pong { context } => (b"PONG", context.len()),
            Self::Other { name } => (name, 0),
        }
    }

    /// Writes the command alone.
    pub(crate) fn put_body(&self, out: &mut BytesMut) {
        put_short(out, self.name_and_len().0);
        match self {
            Self::Ready(data) | Self::Pong { context: data } => out.put_slice(data),
            Self::Error(reason) => put_short(out, reason),
            Self::Ping { ttl_tenths, context } => {
                out.put_u16(*ttl_tenths);
                out.put_slice(context);
            }
            Self::Other { .. } => {}
        }
    }
}

/// Splits off what a length of one byte announces.
pub(crate) fn take_short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first()?;
    rest.split_at_checked((*len).into())
}

/// Writes bytes behind their length. All that we write so is short.
pub(crate) fn put_short(out: &mut BytesMut, bytes: &[u8]) {
    out.put_u8(u8::try_from(bytes.len()).expect("names and reasons have less than 256 bytes"));
    out.put_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Header;

    #[test]
    fn commands_come_back() {
        let commands = [
            Command::Ready(b"\x01xyz"),
            Command::Error(b"no"),
            Command::Error(b""),
            Command::Ping { ttl_tenths: 300, context: b"0123456789abcdef" },
            Command::Pong { context: b"" },
            Command::Other { name: b"SUBSCRIBE" },
        ];
        for command in commands {
            let mut out = BytesMut::new();
            command.put(&mut out);
            let header = Header::decode(&out).unwrap().unwrap();
            assert_eq!((header.flags, header.size as usize), (COMMAND, out.len() - header.len));
            assert_eq!(Command::decode(&out[header.len..]), Ok(command));
        }
    }

    #[test]
    fn malformed_ones_are_refused() {
        let bad: [&[u8]; 7] = [
            b"",
            b"\0",
            b"\x05REA",
            b"\x05ERROR\x05no",
            b"\x04PING\0",
            b"\x04PING\0\x000123456789abcdefg",
            b"\x04PONG0123456789abcdefg",
        ];
        for body in bad {
            assert!(matches!(Command::decode(body), Err(ProtocolError::MalformedCommand(_))), "{body:?}");
        }
    }
}
