//! A client's connection to its hub, and how it comes back.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

use super::frame::{self, HANDSHAKE_WITHIN, HEARTBEAT, MAX_FRAME_BYTES, MAX_REQUEST_BYTES, frame};
use super::protocol::{Answer, FromClient, FromHub, Hello, Request, VERSION, Welcome};
use crate::events::queueing::Declaration;
use crate::events::{Delivered, Outcome};
use crate::registry::Instance;

/// Requests that may wait for their answers, and their bytes.
const MAX_PENDING: (usize, usize) = (4096, 64 << 20);

/// First and longest pause between attempts to connect.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Too many wait already.
    Full,
    /// The hub was not there: it did not get it.
    Unreachable,
    /// It may have got it.
    TimedOut,
    /// It said no.
    Refused(String),
}

/// What a client has asked for, so that the next connection can ask again.
#[derive(Debug, Default)]
pub(super) struct State {
    numbers: u64,
    connected: bool,
    /// Frames for the writer.
    outbox: VecDeque<Bytes>,
    pending: BTreeMap<u64, Pending>,
    pending_bytes: usize,
    pub(super) registered: BTreeMap<(String, String), Instance>,
    pub(super) watches: BTreeMap<String, Watched>,
    pub(super) consumers: BTreeMap<u64, Consuming>,
}

#[derive(Debug)]
struct Pending {
    frame: Bytes,
    sent: bool,
    answer: oneshot::Sender<Answer>,
}

/// One interface's instances.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Whether the hub has ever told them.
    pub(super) told: bool,
    pub(super) instances: watch::Sender<Arc<Vec<Instance>>>,
}

/// A consumer's end of its deliveries.
#[derive(Debug)]
pub(super) struct Consuming {
    pub(super) declaration: Declaration,
    pub(super) concurrency: u16,
    /// No more than `concurrency`: the hub waits for them to be settled.
    pub(super) deliveries: VecDeque<(Ticket, Delivered)>,
    pub(super) came: Arc<Notify>,
}

impl Consuming {
    pub(super) fn next(&mut self) -> Option<(Ticket, Delivered)> {
        self.deliveries.pop_front()
    }
}

/// Names a delivery on the connection it came over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    connection: u64,
    consumer: u64,
    tag: u64,
}

/// Shared by everybody who uses one connection.
#[derive(Debug)]
pub(super) struct Link {
    address: SocketAddr,
    state: Mutex<State>,
    /// There are frames for the writer.
    outgoing: Notify,
    /// Counts connections made; changes when one is.
    pub(super) connections: watch::Sender<u64>,
}

impl Link {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, state: Mutex::default(), outgoing: Notify::new(), connections: watch::Sender::new(0) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request, again after each reconnect, until it is answered or `timeout` has passed.
    pub(super) async fn request(&self, request: Request, timeout: Duration) -> Result<Answer, Failure> {
        let (answer, answered) = oneshot::channel();
        let waiting = self.enqueue(request, answer)?;
        let answered = tokio::time::timeout(timeout, answered).await;
        match answered {
            Ok(Ok(Answer::Refused { reason })) => Err(Failure::Refused(reason)),
            Ok(Ok(answer)) => Ok(answer),
            _ if waiting.was_sent() => Err(Failure::TimedOut),
            _ => Err(Failure::Unreachable),
        }
    }

    fn enqueue(&self, request: Request, answer: oneshot::Sender<Answer>) -> Result<Waiting<'_>, Failure> {
        let mut state = self.state();
        state.numbers += 1;
        let number = state.numbers;
        let frame = frame(&FromClient::Request { number, request });
        if frame.len() > MAX_REQUEST_BYTES {
            return Err(Failure::Refused(format!("more than {MAX_REQUEST_BYTES} bytes")));
        }
        if state.pending.len() >= MAX_PENDING.0 || state.pending_bytes + frame.len() > MAX_PENDING.1 {
            return Err(Failure::Full);
        }
        state.pending_bytes += frame.len();
        let sent = state.connected;
        if sent {
            state.outbox.push_back(frame.clone());
            self.outgoing.notify_one();
        }
        state.pending.insert(number, Pending { frame, sent, answer });
        Ok(Waiting { link: self, number })
    }

    /// Tells the hub what became of a delivery; `None` gives it back. When its connection is gone,
    /// it has gone back already.
    pub(super) fn settle(&self, ticket: Ticket, outcome: Option<Outcome>) {
        let mut state = self.state();
        if state.connected && ticket.connection == *self.connections.borrow() {
            let Ticket { consumer, tag, .. } = ticket;
            state.outbox.push_back(frame(&match outcome {
                Some(outcome) => FromClient::Settle { consumer, tag, outcome },
                None => FromClient::GiveBack { consumer, tag },
            }));
            self.outgoing.notify_one();
        }
    }

    /// Forgets a consumer; what it has not settled goes back to its queue.
    pub(super) fn detach(&self, consumer: u64) {
        let mut state = self.state();
        if state.consumers.remove(&consumer).is_some() && state.connected {
            state.outbox.push_back(frame(&FromClient::Detach { consumer }));
            self.outgoing.notify_one();
        }
    }

    /// A number for a consumer of this process.
    pub(super) fn next_number(&self) -> u64 {
        let mut state = self.state();
        state.numbers += 1;
        state.numbers
    }

    /// Keeps a connection, for as long as it is polled.
    pub(super) async fn keep(&self) {
        let mut pause = BACKOFF.0;
        loop {
            let started = Instant::now();
            let Err(error) = self.connect().await;
            if started.elapsed() > BACKOFF.1 {
                pause = BACKOFF.0;
            }
            if self.disconnected() {
                tracing::warn!(hub = %self.address, %error, "lost the hub");
            }
            // Many clients lose their hub at once; they should not come back at once.
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            pause = (pause * 2).min(BACKOFF.1);
        }
    }

    async fn connect(&self) -> io::Result<std::convert::Infallible> {
        let greeting = tokio::time::timeout(HANDSHAKE_WITHIN, async {
            let mut stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            frame::write(&mut stream, &frame(&Hello::Hello { version: VERSION })).await?;
            match frame::read(&mut stream, MAX_FRAME_BYTES).await? {
                Welcome::Welcome { .. } => Ok(stream),
                Welcome::Refused { reason } => Err(io::Error::new(io::ErrorKind::Unsupported, reason)),
            }
        });
        let stream = greeting.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        self.connected();
        let (reader, writer) = stream.into_split();
        tokio::select! {
            read = self.read(reader) => read,
            written = self.write(writer) => written,
        }
    }

    /// Asks again for everything that the hub forgot with the last connection.
    fn connected(&self) {
        let mut state = self.state();
        self.connections.send_modify(|count| *count += 1);
        let state = &mut *state;
        state.connected = true;
        let mut again = |request| {
            state.numbers += 1;
            state.outbox.push_back(frame(&FromClient::Request { number: state.numbers, request }));
        };
        for ((interface, _), instance) in &state.registered {
            let instance = serde_json::to_string(instance).unwrap_or_default();
            again(Request::Register { interface: interface.clone(), instance });
        }
        for interface in state.watches.keys() {
            again(Request::Watch { interface: interface.clone() });
        }
        for (consumer, consuming) in &state.consumers {
            let (declaration, concurrency) = (consuming.declaration.clone(), consuming.concurrency);
            again(Request::Subscribe { consumer: *consumer, declaration, concurrency });
        }
        for pending in state.pending.values_mut() {
            pending.sent = true;
            state.outbox.push_back(pending.frame.clone());
        }
        self.outgoing.notify_one();
    }

    /// Whether there was a connection.
    fn disconnected(&self) -> bool {
        let mut state = self.state();
        let connected = std::mem::take(&mut state.connected);
        state.outbox.clear();
        // What did not start here starts elsewhere, or here again.
        state.consumers.values_mut().for_each(|consuming| consuming.deliveries.clear());
        connected
    }

    async fn write<T>(&self, mut stream: impl AsyncWrite + Unpin) -> io::Result<T> {
        loop {
            let next = self.state().outbox.pop_front();
            match next {
                Some(frame) => frame::write(&mut stream, &frame).await?,
                None => {
                    if tokio::time::timeout(HEARTBEAT, self.outgoing.notified()).await.is_err() {
                        frame::write(&mut stream, &frame(&FromClient::Ping {})).await?;
                    }
                }
            }
        }
    }

    pub(super) async fn read<T>(&self, mut stream: impl AsyncRead + Unpin) -> io::Result<T> {
        loop {
            match frame::read(&mut stream, MAX_FRAME_BYTES).await? {
                FromHub::Pong {} => {}
                FromHub::Answer { number, answer } => {
                    if let Some(pending) = self.state().forget(number) {
                        // Whoever asked may have stopped waiting.
                        drop(pending.answer.send(answer));
                    } else if let Answer::Refused { reason } = answer {
                        tracing::error!(hub = %self.address, reason, "refused after a reconnect");
                    }
                }
                FromHub::Instances { interface, instances } => self.tell(&interface, &instances),
                FromHub::Delivery { consumer, tag, delivered } => self.deliver(consumer, tag, delivered)?,
            }
        }
    }

    fn tell(&self, interface: &str, instances: &[String]) {
        let known = instances.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        if let Some(watched) = self.state().watches.get_mut(interface) {
            watched.told = true;
            watched.instances.send_replace(Arc::new(known));
        }
    }

    fn deliver(&self, consumer: u64, tag: u64, delivered: Delivered) -> io::Result<()> {
        let mut state = self.state();
        // One that has just been detached; the hub takes it back.
        let Some(consuming) = state.consumers.get_mut(&consumer) else { return Ok(()) };
        if consuming.deliveries.len() >= usize::from(consuming.concurrency.max(1)) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "more deliveries than agreed"));
        }
        let connection = *self.connections.borrow();
        consuming.deliveries.push_back((Ticket { connection, consumer, tag }, delivered));
        consuming.came.notify_one();
        Ok(())
    }
}

impl State {
    fn forget(&mut self, number: u64) -> Option<Pending> {
        let pending = self.pending.remove(&number)?;
        self.pending_bytes -= pending.frame.len();
        Some(pending)
    }
}

/// Somebody who waits for an answer; forgets the request when dropped.
struct Waiting<'a> {
    link: &'a Link,
    number: u64,
}

impl Waiting<'_> {
    fn was_sent(&self) -> bool {
        self.link.state().pending.get(&self.number).is_some_and(|pending| pending.sent)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.link.state().forget(self.number);
    }
}
