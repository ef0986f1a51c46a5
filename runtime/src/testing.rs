//! A whole cluster in one process, for tests: no sockets, no servers, time under control.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::container::{Container, Settings};
use crate::events::memory::MemoryBus;
use crate::node::Parts;
use crate::registry::memory::MemoryRegistry;
use crate::transport::memory::Network;
use crate::transport::{Loss, OUTBOX_MESSAGES, Pace, Peer, Receiver, Transport, Turn};
use crate::{Endpoint, Message, MessageView};

/// An in-memory network, registry and event bus that containers of one process share.
///
/// Messages go through their encoded form, so what works here works over ZeroMQ.
#[derive(Clone)]
pub struct Cluster {
    network: Network,
    registry: MemoryRegistry,
    bus: MemoryBus,
}

impl Default for Cluster {
    fn default() -> Self {
        Self::new()
    }
}

impl Cluster {
    /// An empty cluster.
    #[must_use]
    pub fn new() -> Self {
        Self { network: Network::new(), registry: MemoryRegistry::new(), bus: MemoryBus::new() }
    }

    /// A container of this cluster; `name` becomes part of its endpoint and must be unique.
    ///
    /// It drains without the pauses that a real network needs.
    pub fn container(&self, name: &str) -> Container {
        let (cluster, name) = (self.clone(), format!("memory://{name}"));
        let settings = Settings { linger: Duration::ZERO, ..Settings::default() };
        Container::with_parts(settings, move || async move {
            Ok(Parts {
                transport: Arc::new(cluster.network.bind(name)),
                registry: Arc::new(cluster.registry),
                bus: Some(Arc::new(cluster.bus)),
            })
        })
    }

    /// The wire, to cut it.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The registry, to look into it.
    #[must_use]
    pub fn registry(&self) -> &MemoryRegistry {
        &self.registry
    }

    /// The event bus, to look into it.
    #[must_use]
    pub fn bus(&self) -> &MemoryBus {
        &self.bus
    }
}

/// What arrived, for tests of transports: it is kept until somebody asks.
///
/// Holds as much as a test needs; whatever comes beyond [`OUTBOX_MESSAGES`] is lost.
#[derive(Debug)]
pub struct Inbox {
    received: mpsc::Receiver<Received>,
    lost: mpsc::Receiver<Lost>,
}

/// A message that arrived, and whom to answer.
#[derive(Debug, Clone)]
pub struct Received {
    /// The sender.
    pub peer: Peer,
    /// What it sent.
    pub message: Message,
}

/// A [`Loss`] to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// As [`Loss::Unsent`].
    Unsent {
        /// Where it should have gone.
        peer: Endpoint,
        /// Its id.
        id: String,
    },
    /// As [`Loss::PeerGone`].
    PeerGone(Endpoint),
}

impl Inbox {
    /// Starts `transport`.
    #[must_use]
    pub fn of(transport: &dyn Transport) -> Self {
        let (messages, received) = mpsc::channel(OUTBOX_MESSAGES);
        let (losses, lost) = mpsc::channel(OUTBOX_MESSAGES);
        transport.start(Arc::new(Keep { messages, losses }));
        Self { received, lost }
    }

    /// The next message; `None` once the transport is closed.
    pub async fn recv(&mut self) -> Option<Received> {
        self.received.recv().await
    }

    /// The next loss; `None` once the transport is closed.
    pub async fn lost(&mut self) -> Option<Lost> {
        self.lost.recv().await
    }
}

struct Keep {
    messages: mpsc::Sender<Received>,
    losses: mpsc::Sender<Lost>,
}

impl Receiver for Keep {
    fn received(&self, peer: &Peer, message: MessageView<'_>, _: &mut Turn) -> Pace {
        if let Ok(message) = message.to_message() {
            // A test that no longer listens misses nothing.
            _ = self.messages.try_send(Received { peer: peer.clone(), message });
        }
        Pace::Steady
    }

    fn lost(&self, loss: Loss<'_>) {
        let lost = match loss {
            Loss::Unsent { peer, id, .. } => Lost::Unsent { peer: peer.clone(), id: id.to_owned() },
            Loss::PeerGone(peer) => Lost::PeerGone(peer.clone()),
        };
        _ = self.losses.try_send(lost);
    }
}
