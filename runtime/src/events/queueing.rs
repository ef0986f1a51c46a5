//! Exchange and queues in memory, shared by the bus of one process and the hub of one machine.
//!
//! It has no tasks of its own: whoever waits for a delivery also waits for what is due next, and
//! every operation first does what has come due.

mod lane;
mod queue;

use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::lane::{Due, Entry};
use self::queue::{Queue, Queued};
use super::{Delivered, Ladder, Outcome, Outgoing, Subscription};
use crate::describe::DeliveryMode;
use crate::error::EmitError;

/// Queues of one broker; more are refused.
const MAX_QUEUES: usize = 4096;

/// Events that may wait for their time, and their bytes.
const MAX_DELAYED: (usize, usize) = (10_000, 64 << 20);

/// How long a delayed event waits on when it comes due and a queue is full.
const RETRY_FULL: Duration = Duration::from_secs(1);

/// Dead letters kept per queue; the oldest give way.
const MAX_DEAD: usize = 1000;

/// An event that nobody could handle.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// As it was last delivered.
    pub event: Delivered,
    /// Why it is here.
    pub reason: DeadReason,
}

/// Why an event was dead-lettered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadReason {
    /// No tries were left.
    Exhausted,
    /// Its handler said that trying again is of no use.
    Discarded,
}

/// What a consumer wants of its queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declaration {
    pub(crate) queue: String,
    pub(crate) topics: Vec<String>,
    pub(crate) mode: Mode,
    pub(crate) retries: u32,
}

/// A [`DeliveryMode`] that may have come over a wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    Shared,
    Sequential,
    Broadcast,
    Serial { key: String, partitions: u16 },
}

impl From<&Subscription> for Declaration {
    fn from(subscription: &Subscription) -> Self {
        let mode = match subscription.delivery.mode {
            DeliveryMode::Shared => Mode::Shared,
            DeliveryMode::Sequential => Mode::Sequential,
            DeliveryMode::Broadcast => Mode::Broadcast,
            DeliveryMode::Serial { key, partitions } => Mode::Serial { key: key.to_owned(), partitions },
        };
        Self {
            queue: subscription.queue.clone(),
            topics: subscription.topics.clone(),
            mode,
            retries: subscription.delivery.retries,
        }
    }
}

/// Takes events in and hands them out.
#[derive(Debug, Default)]
pub(crate) struct Broker {
    state: Mutex<State>,
    ladder: Ladder,
}

#[derive(Debug, Default)]
struct State {
    queues: BTreeMap<String, Queue>,
    delayed: BinaryHeap<Due<Arc<Queued>>>,
    delayed_bytes: usize,
    /// By the name of the subscription, so that they outlive the queues of broadcast handlers.
    dead: BTreeMap<String, VecDeque<DeadLetter>>,
    sequence: u64,
}

impl Broker {
    pub(crate) fn new(ladder: Ladder) -> Self {
        Self { state: Mutex::default(), ladder }
    }

    /// Puts the event into every queue that takes its topic, or into none when one of them is full.
    /// Says whether there was any.
    pub(crate) fn publish(&self, event: Outgoing) -> Result<bool, EmitError> {
        let delay = super::ladder::whole_millis(event.delay);
        let due = Instant::now() + delay;
        let event = Arc::new(Queued::new(event, due));
        let mut state = self.state();
        if delay.is_zero() {
            return state.route(event);
        }
        let fits = state.delayed.len() < MAX_DELAYED.0 && state.delayed_bytes + event.bytes <= MAX_DELAYED.1;
        if !fits {
            return Err(EmitError::Refused("too many delayed events".to_owned()));
        }
        state.delayed_bytes += event.bytes;
        let sequence = state.next_sequence();
        state.delayed.push(Due { at: due, sequence, what: event });
        // Whoever waits may have to wake up earlier than it thought.
        state.queues.values().for_each(|queue| queue.changed.notify_waiters());
        Ok(true)
    }

    /// Declares the queue, or a new one for each call when the handler is a broadcast one.
    pub(crate) fn subscribe(self: &Arc<Self>, declaration: Declaration) -> Result<Consumption, EmitError> {
        let mut state = self.state();
        let Declaration { queue: base, topics, mode, retries } = declaration;
        let broadcast = mode == Mode::Broadcast;
        let name = if broadcast { format!("{base}-{}", uuid::Uuid::new_v4()) } else { base.clone() };
        if state.queues.len() >= MAX_QUEUES && !state.queues.contains_key(&name) {
            return Err(EmitError::Refused(format!("there are {MAX_QUEUES} queues already")));
        }
        let queue = state.queues.entry(name.clone()).or_insert_with(|| Queue::new(mode.clone()));
        queue.attach(&name, &mode, &topics)?;
        let changed = Arc::clone(&queue.changed);
        Ok(Consumption { broker: Arc::clone(self), queue: name, base, retries, broadcast, changed })
    }

    /// What could not be handled, oldest first; `queue` is the subscription's.
    pub(crate) fn dead_letters(&self, queue: &str) -> Vec<DeadLetter> {
        self.state().dead.get(queue).into_iter().flatten().cloned().collect()
    }

    /// Locks the state and brings it up to now.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.advance(Instant::now());
        state
    }
}

impl State {
    fn route(&mut self, event: Arc<Queued>) -> Result<bool, EmitError> {
        let takes = |queue: &Queue| queue.takes(&event.topic);
        if let Some((name, _)) = self.queues.iter().find(|(_, queue)| takes(queue) && !queue.fits(&event)) {
            return Err(EmitError::Refused(format!("queue `{name}` is full")));
        }
        let sequence = self.next_sequence();
        let mut subscribed = false;
        for queue in self.queues.values_mut().filter(|queue| takes(queue)) {
            queue.push(Entry::new(Arc::clone(&event), sequence));
            subscribed = true;
        }
        Ok(subscribed)
    }

    fn advance(&mut self, now: Instant) {
        while self.delayed.peek().is_some_and(|due| due.at <= now) {
            let due = self.delayed.pop().expect("just peeked");
            match self.route(Arc::clone(&due.what)) {
                Ok(_) => self.delayed_bytes -= due.what.bytes,
                Err(error) => {
                    tracing::warn!(topic = due.what.topic, event_id = due.what.id, %error, "a delayed event waits on");
                    self.delayed.push(Due { at: now + RETRY_FULL, ..due });
                }
            }
        }
        self.sequence =
            self.queues.values_mut().fold(self.sequence, |sequence, queue| queue.advance(now, sequence));
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    fn bury(&mut self, queue: &str, letter: DeadLetter) {
        let letters = self.dead.entry(queue.to_owned()).or_default();
        if letters.len() == MAX_DEAD {
            letters.pop_front();
            tracing::warn!(queue, "dropped the oldest of {MAX_DEAD} dead letters");
        }
        letters.push_back(letter);
    }
}

/// One consumer of one queue; dropping it detaches the consumer, and a broadcast queue ends.
#[derive(Debug)]
pub(crate) struct Consumption {
    broker: Arc<Broker>,
    queue: String,
    /// The subscription's name, without what tells broadcast queues apart.
    base: String,
    retries: u32,
    broadcast: bool,
    changed: Arc<Notify>,
}

impl Consumption {
    /// The next delivery; cancel-safe.
    pub(crate) async fn next(self: &Arc<Self>) -> Lease {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.take() {
                Ok((lane, entry)) => {
                    return Lease { consumption: Arc::clone(self), lane, entry: Some(entry) };
                }
                Err(Some(due)) => drop(tokio::time::timeout_at(due, changed).await),
                Err(None) => changed.await,
            }
        }
    }

    /// What can be delivered now with its lane, or when to look again.
    fn take(&self) -> Result<(usize, Entry), Option<Instant>> {
        let mut state = self.broker.state();
        let delayed = state.delayed.peek().map(|due| due.at);
        // It is there: nobody removes a queue before its last consumer.
        let Some(queue) = state.queues.get_mut(&self.queue) else { return Err(None) };
        queue.take().ok_or_else(|| delayed.into_iter().chain(queue.next_due()).min())
    }
}

impl Drop for Consumption {
    fn drop(&mut self) {
        if self.broadcast {
            self.broker.state().queues.remove(&self.queue);
        }
    }
}

/// A delivery under way; dropped unsettled, it goes back to where it came from.
#[derive(Debug)]
pub(crate) struct Lease {
    consumption: Arc<Consumption>,
    lane: usize,
    entry: Option<Entry>,
}

impl Lease {
    pub(crate) fn delivered(&self) -> Delivered {
        self.entry.as_ref().expect("taken out only by the end").delivered()
    }

    pub(crate) fn settle(mut self, outcome: Outcome) {
        let Some(mut entry) = self.entry.take() else { return };
        let consumption = &self.consumption;
        let mut state = consumption.broker.state();
        let Some(queue) = state.queues.get_mut(&consumption.queue) else { return };
        let tries_left = entry.tries_left.unwrap_or(consumption.retries);
        let reason = match outcome {
            Outcome::Done => {
                queue.done(self.lane, &entry);
                return;
            }
            Outcome::Retry if tries_left > 0 => {
                entry.tries_left = Some(tries_left - 1);
                entry.retried += 1;
                queue.retry(self.lane, entry, &consumption.broker.ladder);
                return;
            }
            Outcome::Retry => DeadReason::Exhausted,
            Outcome::Discard => DeadReason::Discarded,
        };
        queue.done(self.lane, &entry);
        state.bury(&consumption.base, DeadLetter { event: entry.delivered(), reason });
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut entry) = self.entry.take() else { return };
        entry.returned += 1;
        let consumption = &self.consumption;
        if let Some(queue) = consumption.broker.state().queues.get_mut(&consumption.queue) {
            queue.put_back(self.lane, entry);
        }
    }
}

/// Handles a delivery; `None` gives it back to its place.
pub(crate) type Handle = Arc<dyn Fn(Delivered) -> BoxFuture<'static, Option<Outcome>> + Send + Sync>;

/// Hands deliveries to `handle`, no more than `concurrency` at once, until told to stop; then
/// waits for those under way.
pub(crate) async fn serve(
    consumption: Consumption,
    concurrency: u16,
    handle: Handle,
    stop: CancellationToken,
) {
    let consumption = Arc::new(consumption);
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = under_way.join_next() => {}
            lease = consumption.next(), if under_way.len() < usize::from(concurrency.max(1)) => {
                let handling = handle(lease.delivered());
                under_way.spawn(async move {
                    if let Some(outcome) = handling.await {
                        lease.settle(outcome);
                    }
                });
            }
        }
    }
    while under_way.join_next().await.is_some() {}
}
