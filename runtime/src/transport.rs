//! How messages reach other processes.

pub mod memory;
#[cfg(feature = "zeromq")]
pub mod zeromq;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::{broadcast, mpsc};

use crate::error::NotSent;
use crate::{Endpoint, Message};

/// Takes messages to peers and stands for one bound endpoint.
///
/// A backend is one file: its constructor binds and returns the transport together with the
/// [`Inbox`] that its messages arrive in.
pub trait Transport: Send + Sync + 'static {
    /// Where peers reach this process.
    fn endpoint(&self) -> &Endpoint;

    /// Queues a message for `peer` and returns at once; connects when it must.
    ///
    /// # Errors
    ///
    /// [`NotSent`] when the peer's queue is full or the transport is closed. `Ok` promises
    /// nothing about arrival.
    fn send(&self, peer: &Endpoint, message: &Message) -> Result<(), NotSent>;

    /// What becomes known from here on about messages that [`Self::send`] took. One that is slow
    /// to read misses the oldest; a transport that learns nothing says nothing.
    fn losses(&self) -> Losses {
        broadcast::channel(1).1
    }

    /// Flushes what is queued, for as long as `patience` lasts, then closes every socket.
    fn close(&self, patience: std::time::Duration) -> BoxFuture<'_, ()>;
}

/// A message and who sent it.
#[derive(Debug)]
pub struct Received {
    /// The sender's endpoint.
    pub source: Endpoint,
    /// What it sent.
    pub message: Message,
}

/// What became of messages after they were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// The message never left this process.
    Unsent {
        /// Where it should have gone.
        peer: Endpoint,
        /// Its id.
        id: Arc<str>,
    },
    /// Nobody listens there any more: what was sent before will not be answered.
    PeerGone(Endpoint),
}

/// Bounded, as everything.
pub type Losses = broadcast::Receiver<Loss>;

/// Losses that may wait to be read.
pub const LOSSES: usize = 4096;

/// Bounded; a full inbox makes the transport stop reading.
pub type Inbox = mpsc::Receiver<Received>;

/// Messages that may wait in an [`Inbox`].
pub const INBOX_MESSAGES: usize = 4096;

/// Messages that may wait for one peer.
pub const OUTBOX_MESSAGES: usize = 4096;

/// The largest body accepted from outside.
pub const MAX_BODY_BYTES: usize = 8 << 20;

/// Whether a message received is within limits.
#[must_use]
pub fn within_limits(frames: &[Bytes]) -> bool {
    frames.iter().map(Bytes::len).sum::<usize>() <= MAX_BODY_BYTES
}
