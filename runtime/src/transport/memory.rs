//! A network inside one process, for tests.
//!
//! Messages pass through their five frames, so that what a test sends is what a wire would carry.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::{Loss, MAX_BODY_BYTES, OUTBOX_MESSAGES, Pace, Peer, Receiver, TURN_MESSAGES, Transport, Turn};
use crate::error::NotSent;
use crate::hash::ByEndpoint;
use crate::{Endpoint, MessageView};

/// Endpoints that reach each other; clones are the same network.
///
/// ```
/// use lymph::testing::Inbox;
/// use lymph::transport::Transport;
/// use lymph::transport::memory::Network;
/// use lymph::{Headers, Message, MessageType, new_id};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let network = Network::new();
/// let (a, b) = (network.bind("a"), network.bind("b"));
/// let mut inbox = Inbox::of(&b);
/// let message = Message {
///     id: new_id(),
///     kind: MessageType::Req,
///     subject: "Echo.echo".into(),
///     headers: Headers::new(),
///     body: lymph::codec::to_bytes("hello"),
/// };
/// a.send_message(b.endpoint(), &message).unwrap();
/// assert_eq!(inbox.recv().await.unwrap().message, message);
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Network {
    wires: Arc<Mutex<Wires>>,
}

#[derive(Debug, Default)]
struct Wires {
    queues: ByEndpoint<mpsc::Sender<Arrival>>,
    cut: HashSet<Endpoint>,
}

/// What waits for an endpoint.
#[derive(Debug)]
enum Arrival {
    Message(Packet),
    /// Nobody listens there any more.
    Gone(Endpoint),
}

/// A message as it was sent: its frames, one behind the other.
#[derive(Debug)]
struct Packet {
    source: Endpoint,
    bytes: Bytes,
    /// Where all frames but the last end.
    ends: [usize; 4],
}

impl Wires {
    fn unbind(&mut self, endpoint: &Endpoint) {
        if self.queues.remove(endpoint).is_some() {
            for queue in self.queues.values() {
                // One that is full misses it; its callers wait until their deadlines.
                _ = queue.try_send(Arrival::Gone(endpoint.clone()));
            }
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
    pub fn bind(&self, name: impl Into<Arc<str>>) -> MemoryTransport {
        let endpoint = Endpoint::new(name);
        let (queue, arrivals) = mpsc::channel(OUTBOX_MESSAGES);
        self.wires().queues.insert(endpoint.clone(), queue.clone());
        let arrivals = Mutex::new(Some(arrivals));
        MemoryTransport { network: self.clone(), endpoint, queue: queue.downgrade(), arrivals }
    }

    /// From now on whatever `endpoint` sends or should receive is lost without a word, as behind
    /// a broken cable. What waits for it already stays there.
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
    queue: mpsc::WeakSender<Arrival>,
    /// Until somebody wants to hear them.
    arrivals: Mutex<Option<mpsc::Receiver<Arrival>>>,
}

impl MemoryTransport {
    fn unbind(&self) {
        let mut wires = self.network.wires();
        let bound = wires.queues.get(&self.endpoint);
        if self.queue.upgrade().zip(bound).is_some_and(|(ours, bound)| ours.same_channel(bound)) {
            wires.unbind(&self.endpoint);
        }
    }
}

impl Transport for MemoryTransport {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn start(&self, receiver: Arc<dyn Receiver>) {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Ends with the queue's last sender, which the network holds until the endpoint is unbound.
        tokio::spawn(deliver(arrivals.expect("a transport is started once"), receiver));
    }

    fn send(&self, peer: &Endpoint, message: MessageView<'_>) -> Result<(), NotSent> {
        let packet = Packet::new(&self.endpoint, message);
        if packet.bytes.len() > MAX_BODY_BYTES {
            return Err(NotSent::TooLarge);
        }
        let wires = self.network.wires();
        if self.queue.strong_count() == 0 {
            return Err(NotSent::Stopped);
        }
        if !wires.cut.is_empty() && (wires.cut.contains(&self.endpoint) || wires.cut.contains(peer)) {
            return Ok(());
        }
        let nobody = || NotSent::Transport(format!("nobody listens at `{peer}`"));
        let queue = wires.queues.get(peer).ok_or_else(nobody)?;
        queue.try_send(Arrival::Message(packet)).map_err(|error| match error {
            TrySendError::Full(_) => NotSent::QueueFull(peer.to_string()),
            TrySendError::Closed(_) => nobody(),
        })
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

/// Stands for the connections of all peers.
async fn deliver(mut arrivals: mpsc::Receiver<Arrival>, receiver: Arc<dyn Receiver>) {
    let mut turn = Vec::with_capacity(TURN_MESSAGES);
    let mut peers = ByEndpoint::default();
    while arrivals.recv_many(&mut turn, TURN_MESSAGES).await > 0 {
        let mut times = Turn::default();
        for arrival in turn.drain(..) {
            let pace = match arrival {
                Arrival::Message(packet) => {
                    let source = packet.source.clone();
                    let peer = peers.entry(source).or_insert_with_key(|source| Peer::at(source.clone()));
                    packet.hand_over(peer, &*receiver, &mut times)
                }
                Arrival::Gone(peer) => {
                    peers.remove(&peer);
                    receiver.lost(Loss::PeerGone(&peer));
                    Pace::Steady
                }
            };
            if pace == Pace::Rest {
                times = Turn::default();
                tokio::task::yield_now().await;
            }
        }
        tokio::task::yield_now().await;
    }
}

impl Packet {
    fn new(source: &Endpoint, message: MessageView<'_>) -> Self {
        let (mut bytes, mut ends) = (Vec::with_capacity(message.len()), [0; 4]);
        let [first @ .., body] = message.frames();
        for (frame, end) in first.into_iter().zip(&mut ends) {
            bytes.extend_from_slice(frame);
            *end = bytes.len();
        }
        bytes.extend_from_slice(body);
        message.rest.iter().for_each(|part| bytes.extend_from_slice(part));
        Self { source: source.clone(), bytes: bytes.into(), ends }
    }

    fn hand_over(self, peer: &Peer, receiver: &dyn Receiver, turn: &mut Turn) -> Pace {
        let Self { bytes, ends: [id, kind, subject, headers], .. } = self;
        let frames = [
            &bytes[..id],
            &bytes[id..kind],
            &bytes[kind..subject],
            &bytes[subject..headers],
            &bytes[headers..],
        ];
        let message = MessageView::from_frames(frames).expect("it was one when it was sent");
        receiver.received(peer, MessageView { shared: Some(&bytes), ..message }, turn)
    }
}
