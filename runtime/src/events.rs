//! How events and tasks reach whoever listens.

#[cfg(feature = "amqp")]
pub mod amqp;
#[cfg(feature = "amqp")]
mod envelope;
mod ladder;
pub mod memory;
mod partition;
pub(crate) mod queueing;
pub(crate) mod session;
mod topic;

pub use ladder::Ladder;
pub use queueing::{DeadLetter, DeadReason};

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::Headers;
use crate::describe::Delivery;
use crate::error::EmitError;

/// One event on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The routing key.
    pub topic: String,
    /// A UUIDv7 that survives retries.
    pub id: String,
    /// `trace_id` and whatever else travels.
    pub headers: Headers,
    /// One MessagePack document.
    pub body: Bytes,
    /// Identity of the process that emits.
    pub source: String,
    /// Not before this much time has passed; zero: at once.
    pub delay: Duration,
    /// Dropped when it still waits in a queue this long after it came due; whole milliseconds.
    pub ttl: Option<Duration>,
}

/// What the broker said of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emitted {
    /// Whether any queue took it. Always true for delayed events.
    pub subscribed: bool,
}

/// One event on its way in.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The routing key it was published with.
    pub topic: String,
    /// The same for each try; empty when the emitter gave none (Python).
    pub id: String,
    /// As sent.
    pub headers: Headers,
    /// One MessagePack document, not yet read.
    pub body: Bytes,
    /// Identity of the emitter, when it said so.
    pub source: Option<String>,
    /// How often it was tried before; that its consumer was lost counts as well.
    pub attempt: u32,
    /// Whether it may have been delivered before.
    pub redelivered: bool,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Handled: acknowledge.
    Done,
    /// Failed: try again while tries are left, then dead-letter.
    Retry,
    /// No use in trying again (cannot be read): dead-letter at once.
    Discard,
}

/// Called for each delivery; never panics.
pub type Consumer = Arc<dyn Fn(Delivered) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// Which events go where.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// `INTERFACE-HANDLER`, or the schema's own name. Backends derive from it what they need more
    /// of: a queue per instance for broadcast handlers, one per partition, one for dead letters.
    pub queue: String,
    /// Topics with wildcards.
    pub topics: Vec<String>,
    /// Order, tries, durability.
    pub delivery: Delivery,
    /// Handlers at once (and the prefetch).
    pub concurrency: u16,
    /// Queue names and arguments as Python declares them: shared with Python consumers, lossy.
    pub python_compatible: bool,
}

/// Stops a subscription: no new deliveries come, those under way are settled.
pub trait Subscribed: Send + Sync {
    /// Returns when the last delivery under way is settled.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// Publishes events and delivers them to subscribers.
pub trait EventBus: Send + Sync + 'static {
    /// Returns when the broker has the event, at the latest when `timeout` has passed.
    fn emit(&self, event: Outgoing, timeout: Duration) -> BoxFuture<'_, Result<Emitted, EmitError>>;

    /// Declares and binds the queue and starts to deliver; lasts through reconnects.
    fn subscribe(
        &self,
        subscription: Subscription,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Box<dyn Subscribed>, EmitError>>;

    /// Waits for confirms under way, as long as `patience` lasts, then closes.
    fn close(&self, patience: Duration) -> BoxFuture<'_, ()>;
}
