//! Messages on their way out, laid out as they are written.

mod writing;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::slice;

use bytes::{Bytes, BytesMut};

pub(crate) use self::writing::Writing;
use crate::Multipart;
use crate::frame::{Header, MORE, framed, put_header};

/// What a batch that has been written keeps for the next one.
const KEEP_BYTES: usize = 256 << 10;

/// One frame of a message to be sent.
#[derive(Debug, Clone, Copy)]
pub enum Frame<'a> {
    /// Copied.
    Copied(&'a [u8]),
    /// Copied when it is small; otherwise it is written from where it lies.
    Shared(&'a Bytes),
    /// Parts that follow each other: the first is copied, others as if each were shared alone.
    Parts(&'a [u8], &'a [Bytes]),
}

impl<'a> Frame<'a> {
    /// Bytes from which on a frame, or a part of one, is not copied if it may be shared.
    pub const SHARE_FROM: usize = 8 << 10;

    /// What is copied, and what may be shared behind it.
    fn parts(self) -> (&'a [u8], &'a [Bytes]) {
        match self {
            Self::Copied(bytes) => (bytes, &[]),
            Self::Shared(bytes) => (&[], slice::from_ref(bytes)),
            Self::Parts(first, others) => (first, others),
        }
    }

    fn len(self) -> usize {
        let (copied, shared) = self.parts();
        copied.len() + shared.iter().map(Bytes::len).sum::<usize>()
    }
}

/// Whole messages in order: small frames in one buffer, large ones between.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// In order, and before `tail`.
    segments: Vec<Bytes>,
    tail: Vec<u8>,
    /// Bytes of each message.
    lengths: VecDeque<usize>,
}

/// Where something is in a batch: the piece, and the byte in it.
type Place = (usize, usize);

/// Bytes that a message of these frames takes on the wire.
pub(crate) fn wire_bytes(frames: &[Frame<'_>]) -> usize {
    frames.iter().map(|frame| framed(frame.len())).sum()
}

impl Batch {
    /// Adds a message, which takes `bytes` in all.
    pub(crate) fn push(&mut self, frames: &[Frame<'_>], bytes: usize) {
        for (index, frame) in frames.iter().enumerate() {
            let flags = if index + 1 < frames.len() { MORE } else { 0 };
            let (copied, shared) = frame.parts();
            if shared.is_empty() {
                // Nearly all are, and their length is at hand.
                put_header(&mut self.tail, flags, copied.len());
                self.tail.extend_from_slice(copied);
                continue;
            }
            put_header(&mut self.tail, flags, frame.len());
            self.tail.extend_from_slice(copied);
            for part in shared {
                if part.len() >= Frame::SHARE_FROM {
                    self.share(part.clone());
                } else {
                    self.tail.extend_from_slice(part);
                }
            }
        }
        self.lengths.push_back(bytes);
    }

    fn share(&mut self, bytes: Bytes) {
        if !self.tail.is_empty() {
            self.segments.push(std::mem::take(&mut self.tail).into());
        }
        self.segments.push(bytes);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// The frame that begins at byte `at` of a piece, and where the next one begins.
    fn frame(&self, (mut piece, mut at): Place) -> Option<(Header, Cow<'_, [u8]>, Place)> {
        while at == self.piece(piece)?.len() {
            (piece, at) = (piece + 1, 0);
        }
        let header = Header::decode(&self.piece(piece)?[at..]).ok()??;
        let size = usize::try_from(header.size).ok()?;
        at += header.len;
        if let Some(body) = self.piece(piece)?.get(at..at + size) {
            return Some((header, body.into(), (piece, at + size)));
        }
        // What is shared is a piece of its own; mostly it is the whole body.
        if at == self.piece(piece)?.len() && self.piece(piece + 1)?.len() == size {
            return Some((header, self.piece(piece + 1)?.into(), (piece + 2, 0)));
        }
        let mut body = Vec::with_capacity(size);
        loop {
            let rest = &self.piece(piece)?[at..];
            let part = &rest[..rest.len().min(size - body.len())];
            body.extend_from_slice(part);
            at += part.len();
            if body.len() == size {
                return Some((header, body.into(), (piece, at)));
            }
            (piece, at) = (piece + 1, 0);
        }
    }

    fn piece(&self, index: usize) -> Option<&[u8]> {
        match self.segments.get(index) {
            Some(segment) => Some(segment),
            None => (index == self.segments.len()).then_some(&self.tail),
        }
    }

    /// Its messages from the one at byte `from` on, each in memory of its own batch.
    fn messages(&self, from: usize, lengths: &VecDeque<usize>) -> Vec<Multipart> {
        let mut all = BytesMut::with_capacity(lengths.iter().sum());
        let mut skip = from;
        for piece in self.segments.iter().map(|it| &it[..]).chain([&self.tail[..]]) {
            let skipped = skip.min(piece.len());
            skip -= skipped;
            all.extend_from_slice(&piece[skipped..]);
        }
        let whole = |length: &usize| {
            let wire = all.split_to(*length).freeze();
            let len = Multipart::from_wire(wire.clone(), 0).frames().count();
            Multipart::from_wire(wire, len)
        };
        lengths.iter().map(whole).collect()
    }

    /// Takes all messages out.
    pub(crate) fn drain(&mut self) -> Vec<Multipart> {
        let messages = self.messages(0, &self.lengths);
        *self = Self::default();
        messages
    }

    /// Puts messages that were taken out before the others.
    pub(crate) fn put_back(&mut self, messages: Vec<Multipart>) {
        let mut all = Self::default();
        for message in messages.into_iter().chain(self.drain()) {
            all.lengths.push_back(message.wire_bytes());
            all.share(message.into_wire());
        }
        *self = all;
    }

    /// Forgets everything; keeps some memory for what comes next.
    fn clear(&mut self) {
        self.segments.clear();
        self.lengths.clear();
        self.tail.clear();
        if self.tail.capacity() > KEEP_BYTES {
            self.tail = Vec::new();
        }
    }

    /// Gives all memory back, if nothing is in it.
    pub(crate) fn shrink(&mut self) {
        if self.is_empty() {
            *self = Self::default();
        }
    }
}
