//! Messages over ZeroMQ, as Python lymph exchanges them.
//!
//! One ROUTER takes what peers send; to every peer leads one DEALER of its own, so that a slow or
//! dead peer delays nobody else. Both carry the endpoint as identity. The crate beneath never
//! reconnects and cannot say what it has written; `peer.rs` makes up for both.
//!
//! What cannot be guarded around it: a hostile frame length aborts the process, handshakes have
//! no deadline, connections are not counted, running out of file descriptors spins its accept loop,
//! and a newcomer with a known identity takes the place of the connection that had it. Of 6000 that
//! came microseconds after the old one closed, 7 were cut off with it and 3 were never read from;
//! libzmq waits 100 ms before it connects again. Bind where only trusted peers reach.

mod load;
mod peer;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeromq::util::PeerIdentity;
use zeromq::{RouterSocket, Socket, SocketOptions, SocketRecv};

use self::peer::{Courier, Outbox};
use super::{Loss, MAX_BODY_BYTES, Pace, Peer, Receiver, TURN_MESSAGES, Transport};
use crate::error::NotSent;
use crate::{Endpoint, Error, MessageError, MessageView};

/// Peers that may be connected, or tried, at once.
const MAX_PEERS: usize = 1024;

/// How often warnings about messages dropped may be repeated.
const WARN_EVERY: Duration = Duration::from_secs(1);

/// How long closing may take once patience has ended.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// A bound endpoint; see the module's documentation.
///
/// Dropping it ends its tasks and loses what is queued; [`Transport::close`] delivers it first.
#[derive(Debug)]
pub struct ZeroMq {
    endpoint: Endpoint,
    peers: Arc<Mutex<Peers>>,
    ear: Ear,
    /// Until somebody wants to hear what arrives.
    router: Mutex<Option<Unheard>>,
    /// Messages may be sent from threads that run no tasks.
    runtime: Handle,
    couriers: TaskTracker,
    receiver: TaskTracker,
    stop: Stop,
}

/// What arrives here waits.
struct Unheard(RouterSocket);

impl std::fmt::Debug for Unheard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unheard")
    }
}

/// Who hears what arrives, from the start until the end.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Option<Arc<dyn Receiver>>>>);

impl Ear {
    fn set(&self, receiver: Option<Arc<dyn Receiver>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = receiver;
    }

    fn lost(&self, loss: Loss<'_>) {
        let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(receiver) = receiver {
            receiver.lost(loss);
        }
    }
}

impl std::fmt::Debug for Ear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ear")
    }
}

#[derive(Debug, Default)]
struct Peers {
    closed: bool,
    outboxes: HashMap<Endpoint, Outbox>,
}

/// Ends all tasks, at the latest when the transport is dropped.
#[derive(Debug, Default)]
struct Stop {
    couriers: CancellationToken,
    receiver: CancellationToken,
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.couriers.cancel();
        self.receiver.cancel();
    }
}

fn lock(peers: &Mutex<Peers>) -> MutexGuard<'_, Peers> {
    peers.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ZeroMq {
    /// Binds `ip` at `port`, or at any free one.
    ///
    /// # Errors
    ///
    /// [`Error::Bind`] when the address is taken, or is one that peers cannot connect to.
    pub async fn bind(ip: IpAddr, port: Option<u16>) -> Result<Self, Error> {
        let wanted = SocketAddr::new(ip, port.unwrap_or(0));
        let failed = |cause| Error::Bind { address: format!("tcp://{wanted}"), cause };
        if ip.is_unspecified() {
            let reason = "peers need an address that they can connect to";
            return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidInput, reason)));
        }
        // The identity names the port and must be given at construction, so the port comes first.
        let listener = TcpListener::bind(wanted).map_err(failed)?;
        let endpoint = Endpoint::new(format!("tcp://{}", listener.local_addr().map_err(failed)?));
        let identity: PeerIdentity = endpoint.as_str().parse().expect("an address has less than 256 bytes");
        let mut options = SocketOptions::default();
        options.peer_identity(identity);
        let mut router = RouterSocket::with_options(options);
        router.bind_listener(listener).await.map_err(|error| failed(std::io::Error::other(error)))?;

        Ok(Self {
            endpoint,
            peers: Arc::default(),
            ear: Ear::default(),
            router: Mutex::new(Some(Unheard(router))),
            runtime: Handle::current(),
            couriers: TaskTracker::new(),
            receiver: TaskTracker::new(),
            stop: Stop::default(),
        })
    }

    /// Starts the task that serves `peer`.
    fn open(&self, peers: &mut Peers, peer: &Endpoint) -> Result<(), NotSent> {
        // The crate panics on transports that it was built without, such as `ipc`.
        if !peer.as_str().starts_with("tcp://") {
            return Err(NotSent::Transport(format!("`{peer}` is no `tcp://` endpoint")));
        }
        if peers.outboxes.len() >= MAX_PEERS {
            return Err(NotSent::Transport(format!("{MAX_PEERS} peers are connected already")));
        }
        let (outbox, queue) = Outbox::new();
        let (own, ear) = (self.endpoint.clone(), self.ear.clone());
        let courier = Courier::new(own, peer.clone(), &outbox, queue, self.peers.clone(), ear);
        let stop = self.stop.couriers.clone();
        let served = async move {
            stop.run_until_cancelled(courier.run()).await;
        };
        self.couriers.spawn_on(served, &self.runtime);
        peers.outboxes.insert(peer.clone(), outbox);
        Ok(())
    }
}

impl Transport for ZeroMq {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn start(&self, receiver: Arc<dyn Receiver>) {
        let router = self.router.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.ear.set(Some(Arc::clone(&receiver)));
        let Unheard(router) = router.expect("a transport is started once");
        self.receiver.spawn(receive(router, receiver, self.stop.receiver.clone()));
        self.receiver.close();
    }

    fn send(&self, peer: &Endpoint, message: MessageView<'_>) -> Result<(), NotSent> {
        if message.len() > MAX_BODY_BYTES {
            return Err(NotSent::TooLarge);
        }
        let [id, kind, subject, headers, _] = message.frames().map(Bytes::copy_from_slice);
        let frames = [id, kind, subject, headers, message.body_bytes()];
        let mut peers = lock(&self.peers);
        if peers.closed {
            return Err(NotSent::Stopped);
        }
        if peers.outboxes.get(peer).is_none_or(Outbox::is_orphaned) {
            self.open(&mut peers, peer)?;
        }
        peers.outboxes[peer].push(peer, frames)
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        let close = async move {
            let outboxes = {
                let mut peers = lock(&self.peers);
                peers.closed = true;
                std::mem::take(&mut peers.outboxes)
            };
            let loads: Vec<_> =
                outboxes.into_iter().map(|(peer, outbox)| (peer, outbox.into_load())).collect();
            self.couriers.close();
            if tokio::time::timeout(patience, self.couriers.wait()).await.is_err() {
                for (peer, load) in loads.iter().filter(|(_, load)| load.messages() > 0) {
                    tracing::warn!(%peer, messages = load.messages(), "closed before all was sent");
                }
            }
            self.stop.couriers.cancel();
            self.stop.receiver.cancel();
            // One that was never started has nothing to wait for.
            self.receiver.close();
            let ended = async { tokio::join!(self.couriers.wait(), self.receiver.wait()) };
            if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
                tracing::warn!(endpoint = %self.endpoint, "sockets did not close in time");
            }
            self.ear.set(None);
        };
        close.boxed()
    }
}

/// Hands messages over until the transport stops.
async fn receive(mut router: RouterSocket, receiver: Arc<dyn Receiver>, stop: CancellationToken) {
    let mut complaints = Complaints::default();
    let receive = async {
        let mut turn = 0;
        while let Ok(message) = router.recv().await {
            let pace = hand_over(&message.into_vec(), &*receiver).unwrap_or_else(|reason| {
                complaints.add(&reason);
                Pace::Steady
            });
            turn += 1;
            if pace == Pace::Rest || turn == TURN_MESSAGES {
                turn = 0;
                tokio::task::yield_now().await;
            }
        }
    };
    stop.run_until_cancelled(receive).await;
    for error in router.close().await {
        tracing::debug!(%error, "closing the socket");
    }
}

/// Reads `[source][id][type][subject][headers][body]`.
fn hand_over(frames: &[Bytes], receiver: &dyn Receiver) -> Result<Pace, String> {
    let [source, id, kind, subject, headers, body] = frames else {
        return Err(MessageError::FrameCount(frames.len().saturating_sub(1)).to_string());
    };
    let message = MessageView::from_frames([id, kind, subject, headers, body]);
    // What is no endpoint could not be answered.
    let source = std::str::from_utf8(source).ok().filter(|source| source.starts_with("tcp://"));
    let source = Endpoint::new(source.ok_or("its source is no endpoint")?);
    let message = message.map_err(|error| format!("from `{source}`: {error}"))?;
    if message.len() > MAX_BODY_BYTES {
        return Err("it is too large".to_owned());
    }
    Ok(receiver.received(&Peer::at(source), MessageView { shared: Some(body), ..message }))
}

/// Warnings that hostile peers could otherwise flood the log with.
#[derive(Debug, Default)]
struct Complaints {
    last: Option<Instant>,
    unspoken: u64,
}

impl Complaints {
    fn add(&mut self, reason: &str) {
        if self.last.is_some_and(|last| last.elapsed() < WARN_EVERY) {
            self.unspoken += 1;
            return;
        }
        tracing::warn!(reason, others = self.unspoken, "dropped a message that cannot be read");
        *self = Self { last: Some(Instant::now()), unspoken: 0 };
    }
}
