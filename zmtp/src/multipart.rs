//! One message: its frames, as they stand on the wire.

use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::frame::{COMMAND, MORE, framed, put_header, split_frame};

/// A message of one or more frames, all in one shared piece of memory.
///
/// What was received still lies where the socket put it: cloning a message or [sharing](Self::share)
/// a frame copies nothing, and keeps the whole piece alive.
///
/// ```
/// use lymph_zmtp::Multipart;
///
/// let message = Multipart::new([&b"id"[..], b"", b"body"]);
/// assert_eq!(message.len(), 3);
/// assert_eq!(message.frames().last(), Some(&b"body"[..]));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Multipart {
    /// Frames with their headers; no command stands among them that `frames` would not skip.
    wire: Bytes,
    len: usize,
}

impl Multipart {
    /// Copies frames into a message of its own.
    #[must_use]
    pub fn new<'a>(frames: impl IntoIterator<Item = &'a [u8], IntoIter: Clone>) -> Self {
        let frames = frames.into_iter();
        let mut wire = BytesMut::with_capacity(frames.clone().map(|frame| framed(frame.len())).sum());
        let len = frames.clone().count();
        for (index, frame) in frames.enumerate() {
            put_header(&mut wire, if index + 1 < len { MORE } else { 0 }, frame.len());
            wire.extend_from_slice(frame);
        }
        Self { wire: wire.freeze(), len }
    }

    /// Takes `wire`, which holds exactly `len` whole frames of one message.
    pub(crate) const fn from_wire(wire: Bytes, len: usize) -> Self {
        Self { wire, len }
    }

    /// The piece of memory that all its [`frames`](Self::frames) are parts of.
    #[must_use]
    pub const fn wire(&self) -> &Bytes {
        &self.wire
    }

    pub(crate) fn into_wire(self) -> Bytes {
        self.wire
    }

    /// Frames in it.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a message has at least one frame")]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Bytes that it takes on the wire, and in memory.
    #[must_use]
    pub const fn wire_bytes(&self) -> usize {
        self.wire.len()
    }

    /// Its frames in order.
    #[inline]
    pub fn frames(&self) -> impl Iterator<Item = &[u8]> + Clone {
        Frames { rest: &self.wire }
    }

    /// The frame at `index`, from 0.
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<&[u8]> {
        self.frames().nth(index)
    }

    /// Its frames in order, each sharing the message's memory.
    pub fn shared_frames(&self) -> impl Iterator<Item = Bytes> {
        self.frames().map(|frame| self.share(frame))
    }

    /// The same bytes as `part`, which must lie within one of [`frames`](Self::frames), without
    /// copying them.
    ///
    /// # Panics
    ///
    /// When `part` lies elsewhere.
    #[must_use]
    pub fn share(&self, part: &[u8]) -> Bytes {
        self.wire.slice_ref(part)
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.frames().map(Bytes::copy_from_slice)).finish()
    }
}

#[derive(Clone)]
struct Frames<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Frames<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let (flags, frame, rest) = split_frame(self.rest)?;
            self.rest = rest;
            // Peers may send a command between two frames; it is handled when it comes.
            if flags & COMMAND == 0 {
                return Some(frame);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_in_order_and_share_memory() {
        let long = vec![7; 70_000];
        let frames = [&b"one"[..], b"", &long];
        let message = Multipart::new(frames);
        assert_eq!(message.frames().collect::<Vec<_>>(), frames);
        assert_eq!(message.frame(2), Some(&long[..]));
        assert_eq!(message.frame(3), None);
        let shared = message.shared_frames().nth(2).expect("it is there");
        assert_eq!(shared.as_ptr(), message.frame(2).expect("it is there").as_ptr());
    }
}
