//! Flags and length before the bytes of a frame.

use bytes::BufMut;

use crate::{Limits, ProtocolError};

/// More frames of the same message follow.
pub(crate) const MORE: u8 = 1;
/// The length takes eight bytes instead of one.
const LONG: u8 = 2;
/// The frame is a command.
pub(crate) const COMMAND: u8 = 4;

/// The most bytes that a header has.
pub(crate) const MAX_HEADER: usize = 9;

/// What stands before a frame's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// [`MORE`] and [`COMMAND`].
    pub(crate) flags: u8,
    /// Bytes of the header itself.
    pub(crate) len: usize,
    /// Bytes that follow it, as announced: not to be trusted before limits were checked.
    pub(crate) size: u64,
}

impl Header {
    /// Reads the header that `input` begins with; `None` while bytes are missing.
    pub(crate) fn decode(input: &[u8]) -> Result<Option<Self>, ProtocolError> {
        let Some((&flags, rest)) = input.split_first() else { return Ok(None) };
        // A command stands alone.
        if flags & !(MORE | LONG | COMMAND) != 0 || flags & (MORE | COMMAND) == MORE | COMMAND {
            return Err(ProtocolError::Flags(flags));
        }
        let (len, size) = if flags & LONG == 0 {
            (2, rest.first().map(|size| u64::from(*size)))
        } else {
            (MAX_HEADER, rest.first_chunk().map(|size| u64::from_be_bytes(*size)))
        };
        Ok(size.map(|size| Self { flags: flags & !LONG, len, size }))
    }
}

/// The frame that `input` begins with, and what is behind it; `None` when it is not whole. The first is its flags,
/// as [`Header`] has them, which nobody has checked.
#[inline]
pub(crate) fn split_frame(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[flags, size], rest) = input.split_first_chunk()?;
    if flags & LONG == 0 {
        let (frame, rest) = rest.split_at_checked(size.into())?;
        return Some((flags, frame, rest));
    }
    let (size, rest) = input[1..].split_first_chunk()?;
    let size = usize::try_from(u64::from_be_bytes(*size)).ok()?;
    let (frame, rest) = rest.split_at_checked(size)?;
    Some((flags & !LONG, frame, rest))
}

/// Bytes and frames of the message that `input` begins with, when it is whole, within `limits`, and no command
/// stands in it: most are.
pub(crate) fn plain_message(input: &[u8], limits: &Limits) -> Option<(usize, usize)> {
    let mut rest = input;
    for frames in 1..=limits.frames {
        let (flags, frame, behind) = split_frame(rest)?;
        if frame.len() > limits.frame_bytes {
            return None;
        }
        rest = behind;
        match flags {
            MORE => {}
            0 => {
                let bytes = input.len() - rest.len();
                return (bytes <= limits.message_bytes).then_some((bytes, frames));
            }
            _ => return None,
        }
    }
    None
}

/// Bytes of a frame of `size` with its header.
pub(crate) const fn framed(size: usize) -> usize {
    size + if size > u8::MAX as usize { MAX_HEADER } else { 2 }
}

/// Writes the header of a frame of `size` bytes.
#[inline]
pub(crate) fn put_header(out: &mut impl BufMut, flags: u8, size: usize) {
    match u8::try_from(size) {
        Ok(size) => out.put_slice(&[flags, size]),
        Err(_) => {
            out.put_u8(flags | LONG);
            out.put_u64(size as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::*;

    #[test]
    fn headers_come_back_and_their_bytes_are_counted_right() {
        for size in [0, 1, 255, 256, 65_535, 1 << 40] {
            let mut out = BytesMut::new();
            put_header(&mut out, MORE, size);
            let header = Header { flags: MORE, len: out.len(), size: size as u64 };
            assert_eq!(Header::decode(&out), Ok(Some(header)));
            assert_eq!(framed(size), out.len() + size);
            for missing in 1..=out.len() {
                assert_eq!(Header::decode(&out[..out.len() - missing]), Ok(None));
            }
        }
    }

    /// A message of one short and one long frame.
    fn message() -> BytesMut {
        let mut out = BytesMut::new();
        for (flags, size) in [(MORE, 3), (0, 300)] {
            put_header(&mut out, flags, size);
            out.put_bytes(7, size);
        }
        out
    }

    #[test]
    fn plain_messages_are_found_once_they_are_whole() {
        let (limits, message) = (Limits::default(), message());
        assert_eq!(plain_message(&message, &limits), Some((message.len(), 2)));
        assert_eq!(plain_message(&[&message[..], b"more"].concat(), &limits), Some((message.len(), 2)));
        for missing in 1..=message.len() {
            assert_eq!(plain_message(&message[..message.len() - missing], &limits), None);
        }
    }

    #[test]
    fn what_needs_a_closer_look_is_no_plain_message() {
        let message = message();
        for limits in [
            Limits { frames: 1, ..Limits::default() },
            Limits { frame_bytes: 299, ..Limits::default() },
            Limits { message_bytes: message.len() - 1, ..Limits::default() },
        ] {
            assert_eq!(plain_message(&message, &limits), None, "{limits:?}");
        }
        for flags in [COMMAND, 8, MORE | COMMAND] {
            assert_eq!(plain_message(&[flags, 0], &Limits::default()), None);
        }
    }

    #[test]
    fn flags_without_meaning_are_refused() {
        for flags in [8, 0x80, 0xff, MORE | COMMAND] {
            assert_eq!(Header::decode(&[flags, 0]), Err(ProtocolError::Flags(flags)));
        }
    }
}
