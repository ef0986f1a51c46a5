//! Flags and length before the bytes of a frame.

use bytes::{BufMut, BytesMut};

use crate::ProtocolError;

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

/// Bytes of a frame of `size` with its header.
pub(crate) const fn framed(size: usize) -> usize {
    size + if size > u8::MAX as usize { MAX_HEADER } else { 2 }
}

/// Writes the header of a frame of `size` bytes.
pub(crate) fn put_header(out: &mut BytesMut, flags: u8, size: usize) {
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

    #[test]
    fn flags_without_meaning_are_refused() {
        for flags in [8, 0x80, 0xff, MORE | COMMAND] {
            assert_eq!(Header::decode(&[flags, 0]), Err(ProtocolError::Flags(flags)));
        }
    }
}
