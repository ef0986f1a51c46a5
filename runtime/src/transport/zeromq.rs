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
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeromq::util::PeerIdentity;
use zeromq::{RouterSocket, Socket, SocketOptions, SocketRecv};

use self::peer::{Courier, Outbox};
use super::{INBOX_MESSAGES, Inbox, LOSSES, Loss, Losses, Received, Transport, within_limits};
use crate::error::NotSent;
use crate::{Endpoint, Error, Message, MessageError};

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
    losses: broadcast::Sender<Loss>,
    /// Messages may be sent from threads that run no tasks.
    runtime: Handle,
    couriers: TaskTracker,
    receiver: TaskTracker,
    stop: Stop,
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
    /// Binds `ip` at `port`, or at any free one, and starts to receive.
    ///
    /// # Errors
    ///
    /// [`Error::Bind`] when the address is taken, or is one that peers cannot connect to.
    pub async fn bind(ip: IpAddr, port: Option<u16>) -> Result<(Self, Inbox), Error> {
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

        let (sender, inbox) = mpsc::channel(INBOX_MESSAGES);
        let transport = Self {
            endpoint,
            peers: Arc::default(),
            losses: broadcast::Sender::new(LOSSES),
            runtime: Handle::current(),
            couriers: TaskTracker::new(),
            receiver: TaskTracker::new(),
            stop: Stop::default(),
        };
        transport.receiver.spawn(receive(router, sender, transport.stop.receiver.clone()));
        transport.receiver.close();
        Ok((transport, inbox))
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
        let (own, losses) = (self.endpoint.clone(), self.losses.clone());
        let courier = Courier::new(own, peer.clone(), &outbox, queue, self.peers.clone(), losses);
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

    fn send(&self, peer: &Endpoint, message: &Message) -> Result<(), NotSent> {
        let frames = message.to_frames();
        if !within_limits(&frames) {
            return Err(NotSent::TooLarge);
        }
        let mut peers = lock(&self.peers);
        if peers.closed {
            return Err(NotSent::Stopped);
        }
        if peers.outboxes.get(peer).is_none_or(Outbox::is_orphaned) {
            self.open(&mut peers, peer)?;
        }
        peers.outboxes[peer].push(peer, frames)
    }

    fn losses(&self) -> Losses {
        self.losses.subscribe()
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
            let ended = async { tokio::join!(self.couriers.wait(), self.receiver.wait()) };
            if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
                tracing::warn!(endpoint = %self.endpoint, "sockets did not close in time");
            }
        };
        close.boxed()
    }
}

/// Moves messages from the socket to the inbox; a full inbox leaves them with their senders.
async fn receive(mut router: RouterSocket, inbox: mpsc::Sender<Received>, stop: CancellationToken) {
    let mut complaints = Complaints::default();
    let receive = async {
        while let Ok(message) = router.recv().await {
            match read(&message.into_vec()) {
                Ok(received) => {
                    if inbox.send(received).await.is_err() {
                        break;
                    }
                }
                Err(reason) => complaints.add(&reason),
            }
        }
    };
    stop.run_until_cancelled(receive).await;
    for error in router.close().await {
        tracing::debug!(%error, "closing the socket");
    }
}

/// Reads `[source][id][type][subject][headers][body]`.
fn read(frames: &[Bytes]) -> Result<Received, String> {
    let [source, message @ ..] = frames else {
        return Err(MessageError::FrameCount(0).to_string());
    };
    if !within_limits(frames) {
        return Err("it is too large".to_owned());
    }
    // What is no endpoint could not be answered.
    let source = std::str::from_utf8(source).ok().filter(|source| source.starts_with("tcp://"));
    let source = Endpoint::new(source.ok_or("its source is no endpoint")?);
    let message = Message::from_frames(message).map_err(|error| format!("from `{source}`: {error}"))?;
    Ok(Received { source, message })
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
