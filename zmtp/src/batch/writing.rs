//! A batch on its way to the kernel, piece by piece.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Bytes, BytesMut};

use super::{Batch, Place};
use crate::Multipart;
use crate::frame::MORE;

/// From this size on, what is sealed is written before more is: sealing takes time that belongs to
/// others as well.
const SEAL_BYTES: usize = 256 << 10;

/// Slices that are handed to the kernel at once.
const SLICES: usize = 32;

/// What has been given to one connection, and how much of it the kernel has.
#[derive(Debug, Default)]
pub(crate) struct Writing {
    /// The engine's own words, which go first.
    control: Bytes,
    batch: Batch,
    /// Bytes of the batch that are written.
    written: usize,
    /// Bytes of its messages that are written to their end; these are no longer in `lengths`.
    whole: usize,
    /// What goes out in place of the batch, on a connection that is secured.
    sealed: Option<Sealed>,
}

/// A part of a batch, sealed.
#[derive(Debug, Default)]
struct Sealed {
    bytes: BytesMut,
    written: usize,
    /// Where messages end in `bytes` that are not written to their end.
    ends: VecDeque<usize>,
    /// Where the batch goes on behind this part.
    next: Place,
}

impl Writing {
    /// Whether all is written.
    pub(crate) fn is_done(&self) -> bool {
        self.control.is_empty() && self.batch.is_empty()
    }

    /// Takes over what is to be written next. All before must be done.
    pub(crate) fn load(&mut self, control: Bytes, batch: &mut Batch) {
        self.control = control;
        self.batch.clear();
        std::mem::swap(&mut self.batch, batch);
        (self.written, self.whole) = (0, 0);
        if let Some(sealed) = &mut self.sealed {
            sealed.next = (0, 0);
            sealed.clear();
        }
    }

    /// Whether the next part of the batch must be sealed before anything more can be written.
    pub(crate) fn wants_sealing(&self) -> bool {
        !self.batch.is_empty() && self.sealed.as_ref().is_none_or(|sealed| sealed.ends.is_empty())
    }

    /// Seals the next part of the batch with `seal`, which is told of each frame whether more
    /// follow. What is in `control` was sealed before, and goes first.
    pub(crate) fn seal<E>(
        &mut self,
        control: &[u8],
        mut seal: impl FnMut(bool, &[u8], &mut BytesMut) -> Result<(), E>,
    ) -> Result<(), E> {
        let sealed = self.sealed.get_or_insert_default();
        sealed.clear();
        sealed.bytes.extend_from_slice(control);
        while let Some((header, body, next)) = self.batch.frame(sealed.next) {
            let more = header.flags & MORE != 0;
            seal(more, &body, &mut sealed.bytes)?;
            sealed.next = next;
            if !more {
                sealed.ends.push_back(sealed.bytes.len());
                if sealed.bytes.len() >= SEAL_BYTES {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Calls `write` with what is to be written next; it returns how much it took.
    pub(crate) fn with_slices<T>(&self, write: impl FnOnce(&[IoSlice<'_>]) -> T) -> T {
        if let Some(sealed) = &self.sealed {
            return write(&[IoSlice::new(&self.control), IoSlice::new(&sealed.bytes[sealed.written..])]);
        }
        if self.control.is_empty() && self.batch.segments.is_empty() {
            return write(&[IoSlice::new(&self.batch.tail[self.written..])]);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        slices[0] = IoSlice::new(&self.control);
        let mut count = usize::from(!self.control.is_empty());
        let mut skip = self.written;
        for piece in self.batch.segments.iter().map(|it| &it[..]).chain([&self.batch.tail[..]]) {
            if skip >= piece.len() {
                skip -= piece.len();
            } else if count < SLICES {
                slices[count] = IoSlice::new(&piece[std::mem::take(&mut skip)..]);
                count += 1;
            } else {
                break;
            }
        }
        write(&slices[..count])
    }

    /// Notes that `bytes` more were written. Returns how many messages that finished, and their
    /// bytes.
    pub(crate) fn advance(&mut self, bytes: usize) -> (usize, usize) {
        let control = bytes.min(self.control.len());
        _ = self.control.split_to(control);
        self.written += bytes - control;
        if let Some(sealed) = &mut self.sealed {
            sealed.written += bytes - control;
        }
        let (mut messages, before) = (0, self.whole);
        while let Some(length) = self.batch.lengths.front().copied() {
            let is_written = match &self.sealed {
                Some(sealed) => sealed.ends.front().is_some_and(|end| *end <= sealed.written),
                None => self.whole + length <= self.written,
            };
            if !is_written {
                break;
            }
            if let Some(sealed) = &mut self.sealed {
                sealed.ends.pop_front();
            }
            self.whole += length;
            messages += 1;
            self.batch.lengths.pop_front();
        }
        (messages, self.whole - before)
    }

    /// Takes the messages out that are not written to their end: nobody has read any of them.
    pub(crate) fn unsent(&mut self) -> Vec<Multipart> {
        let messages = self.batch.messages(self.whole, &self.batch.lengths);
        *self = Self::default();
        messages
    }

    /// Gives memory back, if all is written.
    pub(crate) fn shrink(&mut self) {
        if self.is_done() {
            *self = Self::default();
        }
    }
}

impl Sealed {
    /// Forgets what was written; keeps some memory for what comes next.
    fn clear(&mut self) {
        self.written = 0;
        self.ends.clear();
        self.bytes.clear();
        if self.bytes.capacity() > 2 * SEAL_BYTES {
            self.bytes = BytesMut::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::BufMut;

    use super::*;
    use crate::Frame;
    use crate::batch::wire_bytes;
    use crate::frame::framed;

    const SHARE_FROM: usize = Frame::SHARE_FROM;

    /// Writes up to `most` bytes into `out`.
    fn write(writing: &mut Writing, most: usize, out: &mut Vec<u8>) -> (usize, usize) {
        let bytes: Vec<u8> = writing.with_slices(|slices| slices.iter().flat_map(|it| it.to_vec()).collect());
        let bytes = &bytes[..most.min(bytes.len())];
        out.extend_from_slice(bytes);
        writing.advance(bytes.len())
    }

    fn batch(large: &Bytes) -> Batch {
        let mut batch = Batch::default();
        for id in [&b"one"[..], b"two", b"three"] {
            let frames = [Frame::Copied(id), Frame::Shared(large), Frame::Copied(b"end")];
            batch.push(&frames, wire_bytes(&frames));
        }
        batch
    }

    fn ids(messages: &[Multipart]) -> Vec<&[u8]> {
        messages.iter().map(|message| message.frame(0).expect("it has one")).collect()
    }

    #[test]
    fn what_is_written_in_pieces_is_the_same_bytes() {
        let large = Bytes::from(vec![7; SHARE_FROM]);
        let expected: Vec<u8> = [&b"one"[..], b"two", b"three"]
            .iter()
            .flat_map(|id| Multipart::new([*id, &large, b"end"]).into_wire())
            .collect();
        for most in [1000, 5000, 100_000] {
            let (mut writing, mut out) = (Writing::default(), Vec::new());
            writing.load(Bytes::from_static(b"control"), &mut batch(&large));
            let mut finished = (0, 0);
            while !writing.is_done() {
                let (messages, bytes) = write(&mut writing, most, &mut out);
                finished = (finished.0 + messages, finished.1 + bytes);
            }
            assert_eq!(out, [b"control", &expected[..]].concat());
            assert_eq!(finished, (3, expected.len()));
        }
    }

    #[test]
    fn messages_not_written_to_their_end_come_back_and_go_before_others() {
        let large = Bytes::from(vec![7; SHARE_FROM]);
        let mut writing = Writing::default();
        writing.load(Bytes::new(), &mut batch(&large));
        assert_eq!(write(&mut writing, SHARE_FROM + 100, &mut Vec::new()).0, 1);
        let unsent = writing.unsent();
        assert_eq!(ids(&unsent), [&b"two"[..], b"three"]);
        assert_eq!(unsent[0].frame(1), Some(&large[..]));
        assert_eq!(unsent[0].len(), 3);
        let mut next = Batch::default();
        next.push(&[Frame::Copied(b"four")], 6);
        next.put_back(unsent);
        assert_eq!(ids(&next.drain()), [&b"two"[..], b"three", b"four"]);
    }

    /// Seals by putting a letter before each frame.
    fn seal(writing: &mut Writing, control: &[u8]) {
        let sealed = writing.seal(control, |more, frame, out| {
            out.put_slice(if more { b"m" } else { b"e" });
            out.put_slice(frame);
            Ok::<(), ()>(())
        });
        sealed.expect("it never fails");
    }

    #[test]
    fn sealed_messages_go_out_in_parts_and_count_as_they_were() {
        let large = Bytes::from(vec![7; SEAL_BYTES / 2]);
        let mut all = Batch::default();
        for frames in [&[Frame::Copied(b"1"), Frame::Shared(&large)][..], &[Frame::Shared(&large)]] {
            all.push(frames, wire_bytes(frames));
        }
        all.push(&[Frame::Copied(b""), Frame::Copied(b"3")], 5);
        let (mut writing, mut out) = (Writing::default(), Vec::new());
        writing.load(Bytes::from_static(b"before"), &mut all);
        assert!(writing.wants_sealing());
        seal(&mut writing, b"");
        assert!(!writing.wants_sealing(), "two fill a part");
        assert_eq!(write(&mut writing, 1000, &mut out), (0, 0));
        assert_eq!(write(&mut writing, usize::MAX, &mut out), (2, 2 * framed(large.len()) + 3));
        assert!(writing.wants_sealing() && !writing.is_done());
        seal(&mut writing, b"between");
        assert_eq!(write(&mut writing, usize::MAX, &mut out), (1, 5));
        assert!(writing.is_done() && !writing.wants_sealing());
        assert_eq!(out, [b"beforem1e", &large[..], b"e", &large, b"betweenme3"].concat());
    }

    #[test]
    fn sealed_messages_come_back_as_they_were() {
        let large = Bytes::from(vec![7; SHARE_FROM]);
        let mut writing = Writing::default();
        writing.load(Bytes::new(), &mut batch(&large));
        seal(&mut writing, b"");
        assert_eq!(write(&mut writing, SHARE_FROM + 100, &mut Vec::new()).0, 1);
        let unsent = writing.unsent();
        assert_eq!(ids(&unsent), [&b"two"[..], b"three"]);
        assert_eq!(unsent[1].frame(1), Some(&large[..]));
        // And are sealed anew, for another connection.
        let mut next = Batch::default();
        next.put_back(unsent);
        writing.load(Bytes::new(), &mut next);
        seal(&mut writing, b"");
        let mut out = Vec::new();
        assert_eq!(write(&mut writing, usize::MAX, &mut out).0, 2);
        assert!(out.starts_with(b"mtwom") && out.ends_with(b"eend"));
    }

    #[test]
    fn a_frame_of_parts_is_one_frame_sealed_or_not() {
        let (large, small) = (Bytes::from(vec![7; SHARE_FROM]), Bytes::from_static(b"small"));
        let parts = [large.clone(), small.clone(), large.clone()];
        let body = [b"head", &large[..], b"small", &large].concat();
        let frames = [Frame::Copied(b"id"), Frame::Parts(b"head", &parts), Frame::Parts(b"", &[])];
        let filled = || {
            let mut batch = Batch::default();
            batch.push(&frames, wire_bytes(&frames));
            batch.push(&[Frame::Copied(b"next")], 6);
            batch
        };
        let messages = filled().drain();
        assert_eq!(messages[0].frames().collect::<Vec<_>>(), [b"id", &body[..], b""]);
        assert_eq!(messages[1].frame(0), Some(&b"next"[..]));
        let (mut writing, mut out) = (Writing::default(), Vec::new());
        writing.load(Bytes::new(), &mut filled());
        seal(&mut writing, b"");
        assert_eq!(write(&mut writing, usize::MAX, &mut out).0, 2);
        assert_eq!(out, [b"midm", &body[..], b"eenext"].concat());
    }

    #[test]
    fn more_slices_than_the_kernel_takes_are_written_in_turns() {
        let large = Bytes::from(vec![7; SHARE_FROM]);
        let mut all = Batch::default();
        for _ in 0..SLICES {
            all.push(&[Frame::Shared(&large)], framed(large.len()));
        }
        let (mut writing, mut out) = (Writing::default(), Vec::new());
        writing.load(Bytes::from_static(b"control"), &mut all);
        while !writing.is_done() {
            write(&mut writing, usize::MAX, &mut out);
        }
        assert_eq!(out.len(), 7 + SLICES * framed(SHARE_FROM));
    }
}
