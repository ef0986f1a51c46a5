//! What one connection takes of the memory that all share.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use tokio::time::Instant;

use super::{Driver, FIRST_READ};
use crate::Handler;
use crate::budget::OWN_BYTES;

/// A message of so many bytes or more gets a buffer that it fills. In a common one, most of it would have
/// to be moved to where there is room for its end.
const LARGE_BYTES: usize = 32 << 10;

/// What is read along with such a message: what follows it, if that is small, or the beginning of it.
const LOOKAHEAD: usize = 4 << 10;

/// How often a connection is looked after that holds memory which others may need.
const TICK: Duration = Duration::from_secs(2);

/// What must go over it from one tick to the next while others need that memory.
const PROGRESS_BYTES: usize = 64 << 10;

/// How far a connection had come when it was last looked at.
#[derive(Debug)]
pub(super) struct Progress {
    at: Instant,
    /// With which message, and how much of its frame was missing.
    incoming: Option<(Instant, usize)>,
    /// Bytes written, if it held memory for more.
    outgoing: Option<usize>,
}

impl Progress {
    pub(super) fn new(at: Instant) -> Self {
        Self { at, incoming: None, outgoing: None }
    }
}

impl<H: Handler> Driver<'_, H> {
    /// Makes room for the next read, and says how much of it is to be used. A frame that was announced
    /// is trusted only as far as its bytes come: memory doubles with them. All that it will need is taken
    /// from the common budget before, so that no two connections wait for each other with half of theirs.
    pub(super) fn make_room(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let (missing, needed) = (self.connection.missing(), self.connection.wanted() + FIRST_READ);
        let input = self.connection.input();
        let (len, free) = (input.len(), input.capacity() - input.len());
        let is_large = missing > 0 && len + missing >= LARGE_BYTES;
        let trusted = missing.min(len.max(self.read_bytes));
        let (least, mut wanted) = match is_large {
            true => (trusted, trusted + LOOKAHEAD),
            false => (self.read_bytes.div_ceil(2), self.read_bytes),
        };
        if free >= least {
            return Poll::Ready(if is_large { free.min(wanted) } else { free });
        }
        if needed > self.incoming.bytes() {
            ready!(self.incoming.poll_grow(cx, needed));
            self.look_after_at(self.heard_at + TICK);
        }
        // Reading more at once is only faster.
        if !self.incoming.try_grow(len + wanted) {
            wanted = self.incoming.bytes() - len;
        }
        let input = self.connection.input();
        if is_large {
            let mut own = BytesMut::with_capacity(len + wanted);
            own.put_slice(input);
            *input = own;
        } else {
            input.reserve(wanted);
        }
        Poll::Ready(wanted.min(input.capacity() - len))
    }

    /// Whether it could do with less memory than it has.
    fn is_at_ease(&self) -> bool {
        self.connection.wanted() <= OWN_BYTES
    }

    /// Gives memory back that others need more, between two large messages.
    pub(super) fn spare_memory(&mut self) {
        if self.incoming.is_larger() && self.incoming.budget().is_scarce() && self.is_at_ease() {
            self.shrink_input();
        }
    }

    /// Nothing happens, so nothing but what is there needs memory; the next bytes make new buffers.
    pub(super) fn give_memory_back(&mut self) {
        if self.is_at_ease() {
            self.shrink_input();
        }
        self.writing.shrink();
        self.peer.outbox().shrink();
    }

    fn shrink_input(&mut self) {
        self.connection.shrink();
        self.read_bytes = FIRST_READ;
        self.incoming.give_back();
    }

    /// When it must be looked after again, if it holds memory that others may need.
    pub(super) fn next_tick(&self, now: Instant) -> Option<Instant> {
        let holds = (self.incoming.is_larger() && !self.is_at_ease()) || self.peer.outbox().is_greedy();
        holds.then(|| now + TICK)
    }

    /// Whether it keeps memory from others, and makes no use of it.
    pub(super) fn is_hoarding(&mut self, now: Instant) -> bool {
        if now < self.progress.at + TICK {
            return false;
        }
        let incoming = self.begun_at.map(|begun_at| (begun_at, self.connection.missing()));
        let outgoing = self.peer.outbox().is_greedy().then_some(self.sent_bytes);
        let before = std::mem::replace(&mut self.progress, Progress { at: now, incoming, outgoing });
        let is_stalled = match (before.incoming, incoming) {
            (Some((of, before)), Some((at, missing))) => of == at && missing + PROGRESS_BYTES > before,
            _ => false,
        };
        let is_stuck = match (before.outgoing, outgoing) {
            (Some(before), Some(sent)) => sent.wrapping_sub(before) < PROGRESS_BYTES,
            _ => false,
        };
        is_stuck || (is_stalled && self.incoming.is_larger() && self.incoming.budget().is_awaited())
    }
}
