//! How messages reach other processes.
//!
//! A [`Transport`] hands what arrives to one [`Receiver`], in the task of the connection that it came
//! over and while it still lies in that connection's buffer: no queue stands between the wire and
//! the server, which refuses at once what is too much. Answers go back over the [`Peer`].

pub mod memory;
#[cfg(feature = "zmtp")]
pub mod zmtp;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::error::NotSent;
use crate::message::MessageView;
use crate::registry::Instance;
use crate::{Endpoint, Message, codec};

/// Takes messages to peers, hands over what they send, and stands for one bound endpoint.
///
/// A backend is one file. Its constructor binds; peers may connect from then on, and what they send
/// waits until [`Self::start`].
pub trait Transport: Send + Sync + 'static {
    /// Where peers reach this process.
    fn endpoint(&self) -> &Endpoint;

    /// Hands over what arrives from here on; called once, inside a runtime.
    ///
    /// Every connection calls `receiver` from its own task, at most [`TURN_MESSAGES`] times before it
    /// lets other tasks have their turn, and not while it holds a lock: `received` sends, also to
    /// the very connection that calls it. A connection whose peer does not take its answers is not
    /// read from. Closing the transport drops the receiver, and so does dropping it.
    fn start(&self, receiver: Arc<dyn Receiver>);

    /// Queues a message for `peer` and returns at once; connects when it must.
    ///
    /// # Errors
    ///
    /// [`NotSent`] when the peer's queue is full or the transport is closed. `Ok` promises
    /// nothing about arrival.
    fn send(&self, peer: &Endpoint, message: MessageView<'_>) -> Result<(), NotSent>;

    /// What peers must know to reach this process besides its endpoint, for its registration.
    fn describe(&self) -> BTreeMap<String, serde_json::Value> {
        BTreeMap::new()
    }

    /// Tells what `instance`, which listens at `peer`, has registered; before anything is sent there.
    fn introduce(&self, peer: &Endpoint, instance: &Instance) {
        _ = (peer, instance);
    }

    /// Flushes what is queued, for as long as `patience` lasts, then closes every socket.
    fn close(&self, patience: Duration) -> BoxFuture<'_, ()>;

    /// As [`Self::send`], for messages that own what they hold.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    fn send_message(&self, peer: &Endpoint, message: &Message) -> Result<(), NotSent> {
        self.send(peer, message.view(&codec::to_bytes(&message.headers)))
    }
}

/// Takes what a [`Transport`] hands over. Neither function waits for anything.
pub trait Receiver: Send + Sync + 'static {
    /// `peer` sent `message`, which is the next one of this `turn`.
    fn received(&self, peer: &Peer, message: MessageView<'_>, turn: &mut Turn) -> Pace;

    /// What was sent came to nothing. Told after everything that the peer said before it went.
    fn lost(&self, loss: Loss<'_>);
}

/// How soon the connection that a message came over may hand over the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a connection that goes on all the same starves others"]
pub enum Pace {
    /// At once, as long as it has its turn.
    Steady,
    /// After it has sent what waits and others had their turn: this one has taken its time.
    Rest,
}

/// Messages that one connection hands over in a row, and the time that they take: where one is done, the
/// next one begins, so that the clock is read once for each.
#[derive(Debug, Default)]
pub struct Turn {
    done_at: Option<Instant>,
}

impl Turn {
    /// When what was handed over now began.
    pub(crate) fn begin(&mut self) -> Instant {
        self.done_at.take().unwrap_or_else(Instant::now)
    }

    /// It is done; returns when.
    pub(crate) fn done(&mut self) -> Instant {
        *self.done_at.insert(Instant::now())
    }
}

/// Who sent a message, and the shortest way back. A transport makes one for each connection, and
/// copies of it are the same peer: requests of different peers wait for their turns apart.
#[derive(Clone)]
pub struct Peer {
    origin: Origin,
    endpoint: Endpoint,
    back: Option<Arc<dyn Connection>>,
}

/// Tells a peer from all others, whatever they call themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The host that it is on, as far as that is known.
    pub(crate) host: u64,
    pub(crate) peer: u64,
}

/// A connection that takes messages to the peer at its other end.
pub trait Connection: Send + Sync + 'static {
    /// Queues a message and returns at once.
    ///
    /// # Errors
    ///
    /// [`NotSent`] when the connection is closed or its queue is full.
    fn send(&self, message: MessageView<'_>) -> Result<(), NotSent>;
}

impl Peer {
    /// One that is answered at its endpoint.
    #[must_use]
    pub fn at(endpoint: Endpoint) -> Self {
        Self { origin: Origin::new(), endpoint, back: None }
    }

    /// One that reads answers from the connection it asks over.
    #[must_use]
    pub fn behind(endpoint: Endpoint, connection: Arc<dyn Connection>) -> Self {
        Self { origin: Origin::new(), endpoint, back: Some(connection) }
    }

    /// The same, on a host that has this number. Requests of all peers of one host take turns with
    /// those of other hosts.
    #[must_use]
    pub fn on_host(mut self, host: u64) -> Self {
        self.origin.host = host;
        self
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// The endpoint it named as its own.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Queues an answer, by way of `transport` where no connection leads back.
    ///
    /// # Errors
    ///
    /// As [`Transport::send`].
    pub fn answer(&self, transport: &dyn Transport, message: MessageView<'_>) -> Result<(), NotSent> {
        match &self.back {
            Some(connection) => connection.send(message),
            None => transport.send(&self.endpoint, message),
        }
    }
}

impl Origin {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { host: 0, peer: NEXT.fetch_add(1, Ordering::Relaxed) }
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// What became of messages after they were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss<'a> {
    /// The message never left this process.
    Unsent {
        /// Where it should have gone.
        peer: &'a Endpoint,
        /// Its id.
        id: &'a str,
        /// Why not.
        reason: &'a str,
    },
    /// Nobody listens there any more: what was sent before will not be answered.
    PeerGone(&'a Endpoint),
}

/// Messages that one connection hands over in a row.
pub const TURN_MESSAGES: usize = 64;

/// Messages that may wait for one peer.
pub const OUTBOX_MESSAGES: usize = 4096;

/// The largest message accepted from outside, and sent; of an event, the largest body.
pub const MAX_BODY_BYTES: usize = 8 << 20;
