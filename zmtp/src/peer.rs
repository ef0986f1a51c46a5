//! Handles of peers, and what an application does with what they send.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::batch::{Frame, Writing};
use crate::budget::{Budget, Memory};
use crate::outbox::{Outbox, OutboxLimits, SendError};
use crate::{Endpoint, Multipart, PeerInfo};

/// What an application does with its peers. All connections of a [`Socket`](crate::Socket) share
/// one, and call it from their own tasks; nothing in it may wait.
pub trait Handler: Send + Sync + 'static {
    /// Takes the messages of one connection; dropped when that ends.
    type Receiver: Receiver;

    /// `peer` is connected, and says of itself what `info` holds.
    ///
    /// # Errors
    ///
    /// The reason why it is not welcome, which it will be told.
    fn connected(&self, peer: &Peer, info: &PeerInfo) -> Result<Self::Receiver, String>;

    /// `message` will never be sent: its connection broke, or could not be made, before the kernel
    /// had all of it, for this `reason`. Told after everything that the peer said.
    fn unsent(&self, peer: &Peer, message: Multipart, reason: &str) {
        _ = (peer, message, reason);
    }

    /// Nobody listens at the endpoint of `peer`: what was sent before will not be answered.
    fn gone(&self, peer: &Peer) {
        _ = peer;
    }
}

/// Takes the messages of one connection as they are read.
pub trait Receiver: Send + 'static {
    /// Takes one message, which still lies in the connection's buffer. What is sent to the same
    /// peer before the end of the batch leaves in one write.
    fn message(&mut self, message: Multipart) -> Pace;

    /// All that was read at once has been handed over.
    fn end_of_batch(&mut self) {}
}

/// How soon a connection may hand over its next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At once, as long as it has its turn.
    Steady,
    /// After it has written what waits, and other tasks had their turn.
    Rest,
}

/// The other end of a connection, or of a row of them when we dialed: what is sent while there is
/// none waits for the next.
#[derive(Clone)]
pub struct Peer {
    inner: Arc<Inner>,
}

struct Inner {
    remote: Remote,
    outbox: Outbox,
    incoming: Arc<Budget>,
}

/// Where a peer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// We connect to it.
    Dialed(Endpoint),
    /// It connected to us, from this address.
    Tcp(SocketAddr),
    /// It connected to us on this machine.
    Ipc,
}

impl Peer {
    pub(crate) fn new(remote: Remote, limits: OutboxLimits, memory: &Memory) -> Self {
        let outbox = Outbox::new(limits, memory.outgoing.clone());
        Self { inner: Arc::new(Inner { remote, outbox, incoming: memory.incoming.clone() }) }
    }

    /// Where it is.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.inner.remote
    }

    /// Queues one message and returns at once. `Ok` promises nothing about arrival.
    ///
    /// # Errors
    ///
    /// [`SendError`] says why it was not taken.
    pub fn send(&self, frames: &[Frame<'_>]) -> Result<(), SendError> {
        self.inner.outbox.push(frames)
    }

    /// Messages that are not with the kernel yet.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.inner.outbox.messages()
    }

    /// Whether it will never take messages again.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.outbox.is_closed()
    }

    /// Sends what waits, then ends the connection.
    pub fn close(&self) {
        self.inner.outbox.close();
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.inner.outbox
    }

    /// What messages from it take memory from.
    pub(crate) fn incoming(&self) -> &Arc<Budget> {
        &self.inner.incoming
    }

    /// Ends what waits for it when the task that serves it ends, in whatever way.
    pub(crate) fn close_on_drop(&self) -> CloseOnDrop {
        CloseOnDrop(self.clone())
    }

    pub(crate) fn is_dialed(&self) -> bool {
        matches!(self.inner.remote, Remote::Dialed(_))
    }
}

/// See [`Peer::close_on_drop`].
pub(crate) struct CloseOnDrop(Peer);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.outbox().abandon(&mut Writing::default());
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("remote", &self.inner.remote).finish_non_exhaustive()
    }
}

impl Remote {
    /// A number for the host that the peer is on, the same for all whose addresses one host may have:
    /// of IPv6, those are 2⁶⁴ that begin alike.
    #[must_use]
    pub fn host(&self) -> u64 {
        let ip = match self {
            Self::Dialed(Endpoint::Tcp(address)) | Self::Tcp(address) => address.ip(),
            Self::Dialed(Endpoint::Ipc(_)) | Self::Ipc => Ipv4Addr::LOCALHOST.into(),
        };
        match ip {
            IpAddr::V4(ip) => ip.to_bits().into(),
            IpAddr::V6(ip) => (ip.to_bits() >> 64) as u64,
        }
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialed(endpoint) => endpoint.fmt(f),
            Self::Tcp(address) => address.fmt(f),
            Self::Ipc => f.write_str("this machine"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart_by_what_they_cannot_choose() {
        let host = |address: &str| Remote::Tcp(address.parse().expect("it is one")).host();
        assert_eq!(host("10.0.0.1:1"), host("10.0.0.1:2"));
        assert_ne!(host("10.0.0.1:1"), host("10.0.0.2:1"));
        assert_eq!(host("[2001:db8::1]:1"), host("[2001:db8::ffff:2]:1"));
        assert_ne!(host("[2001:db8::1]:1"), host("[2001:db8:0:1::1]:1"));
        assert_eq!(Remote::Ipc.host(), host("127.0.0.1:1"));
    }
}
