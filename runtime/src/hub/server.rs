//! One client of a hub.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::frame::{self, HANDSHAKE_WITHIN, MAX_REQUEST_BYTES, frame};
use super::protocol::{Answer, FromClient, FromHub, Hello, Request, VERSION, Welcome};
use crate::events::queueing::{self, Broker, Declaration, Handle};
use crate::events::{Delivered, Outcome};
use crate::registry::memory::MemoryRegistry;
use crate::registry::{Instance, Instances, Registry};

/// Frames that wait for one client; while there is no room for more, it is not read either.
const OUTBOX_FRAMES: usize = 256;

/// Consumers, and watches, of one client.
const MAX_PER_CLIENT: usize = 1024;

/// Serves a client until it goes away or breaks the protocol. Dropping it, or its end, takes back
/// what the client registered and returns what it has not settled.
pub(super) async fn serve(
    mut reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
    broker: Arc<Broker>,
    registry: MemoryRegistry,
) -> io::Result<()> {
    let greeted = tokio::time::timeout(HANDSHAKE_WITHIN, greet(&mut reader, &mut writer)).await;
    greeted.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no introduction"))??;
    let (outbox, frames) = mpsc::channel(OUTBOX_FRAMES);
    let client = Client {
        broker,
        registry,
        outbox,
        unsettled: Arc::default(),
        consumers: BTreeMap::new(),
        watches: BTreeSet::new(),
        tasks: JoinSet::new(),
    };
    tokio::select! {
        read = client.read(reader) => read,
        written = write(writer, frames) => written,
    }
}

async fn greet(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
) -> io::Result<()> {
    let Hello::Hello { version } = frame::read(reader, MAX_REQUEST_BYTES).await?;
    if version == VERSION {
        return frame::write(writer, &frame(&Welcome::Welcome { version })).await;
    }
    let reason = format!("this hub speaks version {VERSION}, you speak {version}");
    frame::write(writer, &frame(&Welcome::Refused { reason: reason.clone() })).await?;
    Err(io::Error::new(io::ErrorKind::InvalidData, reason))
}

async fn write(mut stream: impl AsyncWrite + Unpin, mut frames: mpsc::Receiver<Bytes>) -> io::Result<()> {
    while let Some(frame) = frames.recv().await {
        frame::write(&mut stream, &frame).await?;
    }
    Ok(())
}

struct Client {
    broker: Arc<Broker>,
    registry: MemoryRegistry,
    outbox: mpsc::Sender<Bytes>,
    unsettled: Arc<Unsettled>,
    consumers: BTreeMap<u64, Consuming>,
    /// Each has a task that tells of changes.
    watches: BTreeSet<String>,
    tasks: JoinSet<()>,
}

/// One consumer: how to stop it, and whether it has ended.
struct Consuming {
    stop: CancellationToken,
    ended: CancellationToken,
    task: AbortHandle,
}

/// Deliveries on their way, by consumer and tag.
#[derive(Default)]
struct Unsettled {
    waiting: Mutex<BTreeMap<(u64, u64), oneshot::Sender<Outcome>>>,
    tags: AtomicU64,
}

impl Unsettled {
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<(u64, u64), oneshot::Sender<Outcome>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of them; forgotten when dropped.
struct Waiting {
    unsettled: Arc<Unsettled>,
    key: (u64, u64),
}

impl Waiting {
    fn new(unsettled: Arc<Unsettled>, consumer: u64) -> (Self, oneshot::Receiver<Outcome>) {
        let key = (consumer, unsettled.tags.fetch_add(1, Ordering::Relaxed));
        let (sender, outcome) = oneshot::channel();
        unsettled.waiting().insert(key, sender);
        (Self { unsettled, key }, outcome)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.unsettled.waiting().remove(&self.key);
    }
}

impl Client {
    async fn read(mut self, mut stream: impl AsyncRead + Unpin) -> io::Result<()> {
        loop {
            match frame::read(&mut stream, MAX_REQUEST_BYTES).await? {
                FromClient::Ping {} => self.send(&FromHub::Pong {}).await,
                FromClient::Settle { consumer, tag, outcome } => {
                    if let Some(waiting) = self.unsettled.waiting().remove(&(consumer, tag)) {
                        // Nobody waits any more when the hub is being shut down.
                        let _ = waiting.send(outcome);
                    }
                }
                // Whoever waits for its outcome learns that there is none.
                FromClient::GiveBack { consumer, tag } => {
                    drop(self.unsettled.waiting().remove(&(consumer, tag)));
                }
                FromClient::Detach { consumer } => {
                    if let Some(consuming) = self.consumers.remove(&consumer) {
                        consuming.task.abort();
                    }
                }
                FromClient::Request { number, request } => {
                    if let Some(answer) = self.answer(number, request).await {
                        self.send(&FromHub::Answer { number, answer }).await;
                    }
                }
            }
            while self.tasks.try_join_next().is_some() {}
        }
    }

    async fn send(&self, message: &FromHub) {
        // Fails only when the writer has, which ends this as well.
        drop(self.outbox.send(frame(message)).await);
    }

    /// `None` when the answer comes later.
    async fn answer(&mut self, number: u64, request: Request) -> Option<Answer> {
        let answered = match request {
            Request::Register { interface, instance } => self.register(&interface, &instance).await,
            Request::Deregister { interface, id } => {
                let done = self.registry.deregister(&interface, &id).await;
                done.map(|()| Answer::Done {}).map_err(|error| error.to_string())
            }
            Request::Watch { interface } => self.watch(interface).await,
            Request::Interfaces {} => {
                let names = self.registry.interfaces().await;
                names.map(|names| Answer::Names { names }).map_err(|error| error.to_string())
            }
            Request::Publish { event } => {
                let published = self.broker.publish(event);
                let emitted = published.map(|subscribed| Answer::Emitted { subscribed });
                emitted.map_err(|error| error.to_string())
            }
            Request::Subscribe { consumer, declaration, concurrency } => {
                self.subscribe(consumer, declaration, concurrency)
            }
            Request::Stop { consumer } => return self.stop(number, consumer),
        };
        Some(answered.unwrap_or_else(|reason| Answer::Refused { reason }))
    }

    async fn register(&mut self, interface: &str, instance: &str) -> Result<Answer, String> {
        let instance: Instance = serde_json::from_str(instance).map_err(|error| error.to_string())?;
        let done = self.registry.register(interface, instance).await;
        done.map(|()| Answer::Done {}).map_err(|error| error.to_string())
    }

    async fn watch(&mut self, interface: String) -> Result<Answer, String> {
        if self.watches.len() >= MAX_PER_CLIENT {
            return Err(format!("more than {MAX_PER_CLIENT} interfaces watched"));
        }
        let mut instances = self.registry.watch(&interface).await.map_err(|error| error.to_string())?;
        let current = tell(&interface, &mut instances);
        self.send(&current).await;
        if self.watches.insert(interface.clone()) {
            let outbox = self.outbox.clone();
            self.tasks.spawn(async move {
                // Changes that come while the client is slow are told as one.
                while instances.changed().await.is_ok() {
                    let current = tell(&interface, &mut instances);
                    if outbox.send(frame(&current)).await.is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Answer::Done {})
    }

    fn subscribe(
        &mut self,
        consumer: u64,
        declaration: Declaration,
        concurrency: u16,
    ) -> Result<Answer, String> {
        if self.consumers.len() >= MAX_PER_CLIENT {
            return Err(format!("more than {MAX_PER_CLIENT} consumers"));
        }
        if self.consumers.contains_key(&consumer) {
            // Asked twice around a reconnect.
            return Ok(Answer::Done {});
        }
        let consumption = self.broker.subscribe(declaration).map_err(|error| error.to_string())?;
        let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
        let deliver = deliver(consumer, self.outbox.clone(), Arc::clone(&self.unsettled));
        let (serve_until, has_ended) = (stop.clone(), ended.clone().drop_guard());
        let task = self.tasks.spawn(async move {
            queueing::serve(consumption, concurrency, deliver, serve_until).await;
            drop(has_ended);
        });
        self.consumers.insert(consumer, Consuming { stop, ended, task });
        Ok(Answer::Done {})
    }

    fn stop(&mut self, number: u64, consumer: u64) -> Option<Answer> {
        let Some(consuming) = self.consumers.get(&consumer) else { return Some(Answer::Done {}) };
        consuming.stop.cancel();
        let (outbox, ended) = (self.outbox.clone(), consuming.ended.clone());
        self.tasks.spawn(async move {
            ended.cancelled().await;
            // Fails only when the writer has, which ends this client.
            drop(outbox.send(frame(&FromHub::Answer { number, answer: Answer::Done {} })).await);
        });
        None
    }
}

/// The current instances, as a frame; what changes later is news.
fn tell(interface: &str, instances: &mut Instances) -> FromHub {
    let known = Arc::clone(&instances.borrow_and_update());
    let texts = known.iter().map(|instance| serde_json::to_string(instance).unwrap_or_default());
    FromHub::Instances { interface: interface.to_owned(), instances: texts.collect() }
}

/// Sends deliveries to the client and waits for what becomes of them.
fn deliver(consumer: u64, outbox: mpsc::Sender<Bytes>, unsettled: Arc<Unsettled>) -> Handle {
    Arc::new(move |delivered: Delivered| {
        let (outbox, unsettled) = (outbox.clone(), Arc::clone(&unsettled));
        async move {
            let (waiting, outcome) = Waiting::new(unsettled, consumer);
            let sent =
                outbox.send(frame(&FromHub::Delivery { consumer, tag: waiting.key.1, delivered })).await;
            sent.ok()?;
            outcome.await.ok()
        }
        .boxed()
    })
}
