//! One peer: its outbox and the task that keeps a connection to empty it.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};
use zeromq::{
    DealerRecvHalf, DealerSendHalf, DealerSocket, MultiPeerBackend, Socket, SocketEvent, SocketOptions,
    SocketRecv, SocketSend, ZmqError, ZmqMessage,
};

use super::load::Load;
use super::{Ear, Peers, lock};
use crate::Endpoint;
use crate::error::NotSent;
use crate::transport::{Loss, OUTBOX_MESSAGES};

/// How long one attempt to connect may take, handshake included.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// When an attempt takes longer than this, a bare connection finds out whether the port is closed;
/// the crate tries closed ports again until its timeout and does not tell.
const PROBE_AFTER: Duration = Duration::from_millis(50);

/// How long a message may wait for a connection before it is dropped.
const REACH_WITHIN: Duration = Duration::from_secs(3);

/// First and longest pause between attempts; meanwhile messages are refused at once.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How long a peer out of reach is tried without anything to deliver. Longer than its session in
/// the registry lives on, so that callers are refused at once until it is gone from there.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);

/// A connection without messages for this long, and at most twice as long, is closed.
const IDLE_AFTER: Duration = Duration::from_secs(60);

/// How long closing an idle connection may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Between one connection and the next: libzmq ignores a newcomer whose identity it still knows
/// from a connection that it has not yet seen closing.
const REST: Duration = Duration::from_millis(50);

/// Messages handed over between two looks at the connection.
const BATCH: usize = 64;

/// How often closing looks whether the crate's writer has ended.
const DRAIN_POLL: Duration = Duration::from_millis(1);

/// The sending end of one peer's queue.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    load: Arc<Load>,
    refusal: Refusal,
}

/// Why the peer is out of reach, while it is.
type Refusal = Arc<Mutex<Option<String>>>;

#[derive(Debug)]
pub(super) struct Outgoing {
    frames: ZmqMessage,
    queued_at: Instant,
}

impl Outgoing {
    fn id(&self) -> Option<&str> {
        std::str::from_utf8(self.frames.get(0)?).ok()
    }
}

impl Outbox {
    /// An empty one, and where its messages come out.
    pub(super) fn new() -> (Self, mpsc::Receiver<Outgoing>) {
        let (queue, messages) = mpsc::channel(OUTBOX_MESSAGES);
        (Self { queue, load: Arc::default(), refusal: Refusal::default() }, messages)
    }

    /// Queues one message for `peer`, whose outbox this is.
    pub(super) fn push(&self, peer: &Endpoint, frames: [Bytes; 5]) -> Result<(), NotSent> {
        if let Some(reason) = &*self.refusal.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(NotSent::Transport(format!("`{peer}` is out of reach: {reason}")));
        }
        let full = || NotSent::QueueFull(peer.to_string());
        let bytes = frames.iter().map(Bytes::len).sum();
        let [id, kind, subject, headers, body] = frames;
        let body = self.load.track(body, bytes).ok_or_else(full)?;
        let frames = ZmqMessage::try_from(vec![id, kind, subject, headers, body]).expect("five frames");
        self.queue.try_send(Outgoing { frames, queued_at: Instant::now() }).map_err(|_| full())
    }

    /// Whether nobody takes messages out any more, which only a panic can bring about.
    pub(super) fn is_orphaned(&self) -> bool {
        self.queue.is_closed()
    }

    /// Closes the queue; what it holds counts in the load until it is written.
    pub(super) fn into_load(self) -> Arc<Load> {
        self.load
    }
}

/// Brings one peer's messages to it, over as many connections as that takes.
pub(super) struct Courier {
    own: Endpoint,
    peer: Endpoint,
    queue: mpsc::Receiver<Outgoing>,
    /// Taken from the queue and not handed over yet.
    head: Option<Outgoing>,
    refusal: Refusal,
    peers: Arc<Mutex<Peers>>,
    ear: Ear,
}

/// Why there is no connection.
struct Unreachable {
    reason: String,
    /// Nobody listens, for certain.
    is_gone: bool,
}

/// A live connection.
struct Link {
    sender: DealerSendHalf,
    receiver: DealerRecvHalf,
    monitor: BoxStream<'static, SocketEvent>,
    /// Held by the socket's halves and by its writer, until that has written everything.
    backend: Weak<dyn MultiPeerBackend>,
}

/// Why a link came to its end.
#[derive(Debug)]
enum End {
    /// The connection broke.
    Lost,
    /// Nothing was sent for a while.
    Idle,
    /// Everything was handed over, and no more will come.
    Done,
}

impl Courier {
    pub(super) fn new(
        own: Endpoint,
        peer: Endpoint,
        outbox: &Outbox,
        queue: mpsc::Receiver<Outgoing>,
        peers: Arc<Mutex<Peers>>,
        ear: Ear,
    ) -> Self {
        Self { own, peer, queue, head: None, refusal: outbox.refusal.clone(), peers, ear }
    }

    /// Runs until the peer has been idle or gone for a while, or the transport closes.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        let mut gone = false;
        let mut wanted_at = Instant::now();
        loop {
            match self.connect().await {
                Ok(link) => {
                    (failures, gone) = (0, false);
                    self.set_refusal(None);
                    tracing::debug!(peer = %self.peer, "connected");
                    let end = self.hand_over(link).await;
                    tracing::debug!(peer = %self.peer, ?end, "disconnected");
                    match end {
                        End::Done => return,
                        // Most likely the process died: whoever calls had better try another.
                        End::Lost => self.set_refusal(Some("the connection was lost".to_owned())),
                        End::Idle => {}
                    }
                    tokio::time::sleep(REST).await;
                    if matches!(end, End::Idle) && self.leave() {
                        return;
                    }
                    wanted_at = Instant::now();
                }
                Err(Unreachable { reason, is_gone }) => {
                    tracing::debug!(peer = %self.peer, %reason, "cannot connect");
                    self.set_refusal(Some(reason.clone()));
                    // Who is closing does not wait for a peer that is most likely dead.
                    let closing = self.queue.is_closed();
                    self.drop_waiting(
                        if closing || is_gone { Duration::ZERO } else { REACH_WITHIN },
                        &reason,
                    );
                    if is_gone && !std::mem::replace(&mut gone, true) {
                        self.ear.lost(Loss::PeerGone(&self.peer));
                    }
                    let given_up = self.head.is_none() && wanted_at.elapsed() > GIVE_UP_AFTER;
                    if closing || (given_up && self.leave()) {
                        return;
                    }
                    tokio::time::sleep(pause(failures)).await;
                    failures += 1;
                }
            }
        }
    }

    fn set_refusal(&self, refusal: Option<String>) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = refusal;
    }

    /// Takes the outbox away unless something was put in meanwhile.
    fn leave(&self) -> bool {
        let mut peers = lock(&self.peers);
        // Messages are queued under the same lock, so none can slip in between.
        let empty = self.queue.is_empty();
        if empty && !peers.closed {
            peers.outboxes.remove(&self.peer);
        }
        empty
    }

    /// Drops what has waited for so long; what comes next in line is then in `head`.
    fn drop_waiting(&mut self, longest: Duration, reason: &str) {
        let mut dropped = 0_usize;
        loop {
            self.head = self.head.take().or_else(|| self.queue.try_recv().ok());
            match &self.head {
                Some(head) if head.queued_at.elapsed() >= longest => {
                    if let Some(id) = head.id() {
                        self.ear.lost(Loss::Unsent { peer: &self.peer, id });
                    }
                    self.head = None;
                    dropped += 1;
                }
                _ => break,
            }
        }
        if dropped > 0 {
            tracing::warn!(peer = %self.peer, messages = dropped, reason, "dropped, the peer is out of reach");
        }
    }

    /// One attempt; the crate's sockets do not reconnect, so each link has a new one.
    async fn connect(&self) -> Result<Link, Unreachable> {
        let mut options = SocketOptions::default();
        options.peer_identity(self.own.as_str().parse().expect("it was bound with this identity"));
        options.connect_timeout(CONNECT_WITHIN);
        let mut socket = DealerSocket::with_options(options);
        let monitor = socket.monitor().boxed();
        let backend = Arc::downgrade(&socket.backend());
        tokio::select! {
            connected = socket.connect(self.peer.as_str()) => {
                connected.map_err(|error| Unreachable { reason: error.to_string(), is_gone: false })?;
            }
            reason = refused(&self.peer) => return Err(Unreachable { reason, is_gone: true }),
        }
        let (sender, receiver) = socket.split();
        Ok(Link { sender, receiver, monitor, backend })
    }

    async fn hand_over(&mut self, mut link: Link) -> End {
        let mut used = true;
        let mut idle = tokio::time::interval_at(Instant::now() + IDLE_AFTER, IDLE_AFTER);
        idle.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // `send` waits only for room in the crate's queue, which holds more than `Load` allows.
            for _ in 0..BATCH {
                let Some(next) = self.head.take().or_else(|| self.queue.try_recv().ok()) else { break };
                used = true;
                if let Err(error) = link.sender.send(next.frames).await {
                    if let ZmqError::ReturnToSender { message, .. } = error {
                        self.head = Some(Outgoing { frames: message, queued_at: next.queued_at });
                    }
                    return End::Lost;
                }
            }
            tokio::select! {
                event = link.monitor.next() => {
                    if matches!(event, Some(SocketEvent::Disconnected(_)) | None) {
                        return End::Lost;
                    }
                }
                // Peers send nothing here, but only who listens learns that they are gone.
                received = link.receiver.recv() => {
                    if received.is_err() {
                        return End::Lost;
                    }
                }
                next = self.queue.recv() => match next {
                    Some(next) => self.head = Some(next),
                    None => break,
                },
                _ = idle.tick() => {
                    if !std::mem::take(&mut used) {
                        _ = tokio::time::timeout(CLOSE_WITHIN, link.drain()).await;
                        return End::Idle;
                    }
                }
            }
        }
        link.drain().await;
        End::Done
    }
}

impl Link {
    /// Closes the connection and waits until all of it is with the kernel: the crate's writer
    /// holds its backend until it has flushed what was handed over.
    async fn drain(self) {
        let Self { sender, receiver, backend, .. } = self;
        drop((sender, receiver));
        while backend.strong_count() > 0 {
            tokio::time::sleep(DRAIN_POLL).await;
        }
    }
}

/// Returns once `peer` is known to refuse connections, and never otherwise.
async fn refused(peer: &Endpoint) -> String {
    tokio::time::sleep(PROBE_AFTER).await;
    let address = peer.as_str().trim_start_matches("tcp://");
    match TcpStream::connect(address).await {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => error.to_string(),
        _ => std::future::pending().await,
    }
}

/// Grows with the failures in a row; jitter keeps many callers of one peer apart.
fn pause(failures: u32) -> Duration {
    let (first, longest) = BACKOFF;
    first.saturating_mul(1 << failures.min(10)).min(longest).mul_f64(rand::random_range(0.5..1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        for failures in 0..100 {
            let pause = pause(failures);
            assert!((BACKOFF.0 / 2..BACKOFF.1).contains(&pause), "{pause:?} after {failures}");
        }
        assert!(pause(0) < pause(10));
    }

    #[tokio::test]
    async fn a_closed_port_is_known_to_refuse() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let peer = Endpoint::new(format!("tcp://{}", listener.local_addr().expect("it is bound")));
        drop(listener);
        assert!(refused(&peer).await.contains("refused"));
    }
}
