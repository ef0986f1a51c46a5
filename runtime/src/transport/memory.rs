//! A network inside one process, for tests.
//!
//! Messages pass through their five frames, so that what a test sends is what a wire would carry.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{broadcast, mpsc};

use super::{INBOX_MESSAGES, Inbox, LOSSES, Loss, Losses, Received, Transport, within_limits};
use crate::error::NotSent;
use crate::{Endpoint, Message};

/// Endpoints that reach each other; clones are the same network.
///
/// ```
/// use lymph::transport::Transport;
/// use lymph::transport::memory::Network;
/// use lymph::{Headers, Message, MessageType, new_id};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let network = Network::new();
/// let (a, _) = network.bind("a");
/// let (b, mut inbox) = network.bind("b");
/// let message = Message {
///     id: new_id(),
///     kind: MessageType::Req,
///     subject: "Echo.echo".into(),
///     headers: Headers::new(),
///     body: lymph::codec::to_bytes("hello"),
/// };
/// a.send(b.endpoint(), &message).unwrap();
/// assert_eq!(inbox.recv().await.unwrap().message, message);
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Network {
    wires: Arc<Mutex<Wires>>,
}

#[derive(Debug)]
struct Wires {
    inboxes: HashMap<Endpoint, mpsc::Sender<Received>>,
    cut: HashSet<Endpoint>,
    losses: broadcast::Sender<Loss>,
}

impl Default for Wires {
    fn default() -> Self {
        Self { inboxes: HashMap::new(), cut: HashSet::new(), losses: broadcast::Sender::new(LOSSES) }
    }
}

impl Wires {
    fn unbind(&mut self, endpoint: &Endpoint) {
        if self.inboxes.remove(endpoint).is_some() {
            // Nobody may be interested.
            _ = self.losses.send(Loss::PeerGone(endpoint.clone()));
        }
    }
}

impl Network {
    /// One without endpoints.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Binds `name`, which is the endpoint as it stands; whoever held it before hears no more.
    #[must_use]
    pub fn bind(&self, name: impl Into<Arc<str>>) -> (MemoryTransport, Inbox) {
        let endpoint = Endpoint::new(name);
        let (sender, inbox) = mpsc::channel(INBOX_MESSAGES);
        self.wires().inboxes.insert(endpoint.clone(), sender.clone());
        (MemoryTransport { network: self.clone(), endpoint, inbox: sender.downgrade() }, inbox)
    }

    /// From now on whatever `endpoint` sends or should receive is lost without a word, as behind
    /// a broken cable. What lies in inboxes stays there.
    pub fn cut(&self, endpoint: &Endpoint) {
        self.wires().cut.insert(endpoint.clone());
    }

    /// Undoes [`Self::cut`].
    pub fn heal(&self, endpoint: &Endpoint) {
        self.wires().cut.remove(endpoint);
    }

    /// Unbinds `endpoint`, as when its process dies: senders learn at once that nobody listens.
    pub fn kill(&self, endpoint: &Endpoint) {
        self.wires().unbind(endpoint);
    }

    fn wires(&self) -> MutexGuard<'_, Wires> {
        self.wires.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One endpoint of a [`Network`]; dropping it unbinds the endpoint.
#[derive(Debug)]
pub struct MemoryTransport {
    network: Network,
    endpoint: Endpoint,
    /// Tells our own binding from one that replaced it.
    inbox: mpsc::WeakSender<Received>,
}

impl MemoryTransport {
    fn unbind(&self) {
        let mut wires = self.network.wires();
        let bound = wires.inboxes.get(&self.endpoint);
        if self.inbox.upgrade().zip(bound).is_some_and(|(ours, bound)| ours.same_channel(bound)) {
            wires.unbind(&self.endpoint);
        }
    }
}

impl Transport for MemoryTransport {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn send(&self, peer: &Endpoint, message: &Message) -> Result<(), NotSent> {
        if self.inbox.upgrade().is_none() {
            return Err(NotSent::Stopped);
        }
        let frames = message.to_frames();
        if !within_limits(&frames) {
            return Err(NotSent::TooLarge);
        }
        let message = Message::from_frames(&frames).map_err(|error| NotSent::Transport(error.to_string()))?;
        let wires = self.network.wires();
        if wires.cut.contains(&self.endpoint) || wires.cut.contains(peer) {
            return Ok(());
        }
        let nobody = || NotSent::Transport(format!("nobody listens at `{peer}`"));
        let inbox = wires.inboxes.get(peer).ok_or_else(nobody)?;
        inbox.try_send(Received { source: self.endpoint.clone(), message }).map_err(|error| match error {
            TrySendError::Full(_) => NotSent::QueueFull(peer.to_string()),
            TrySendError::Closed(_) => nobody(),
        })
    }

    fn losses(&self) -> Losses {
        self.network.wires().losses.subscribe()
    }

    fn close(&self, _patience: Duration) -> BoxFuture<'_, ()> {
        self.unbind();
        std::future::ready(()).boxed()
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        self.unbind();
    }
}
