//! Events inside one process, for tests and for services that need no broker.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::queueing::{self, Broker, Handle};
use super::session::Session;
use super::{Consumer, DeadLetter, Emitted, EventBus, Ladder, Outgoing, Subscribed, Subscription};
use crate::error::EmitError;

/// Clones share their queues, and each is a session of its own: closing or dropping one ends the
/// subscriptions made through it and nothing else.
///
/// It promises what a broker does as far as one process can: queues keep their events while nobody
/// consumes them, failed deliveries climb the ladder and end as dead letters, delays are never
/// early, order holds where a handler asks for it, and everything is bounded. `durable` means
/// nothing here, and `python_compatible` neither.
#[derive(Debug, Default)]
pub struct MemoryBus {
    broker: Arc<Broker>,
    session: Session,
}

impl MemoryBus {
    /// One without queues, whose ladder is the usual one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One whose failed deliveries climb `ladder`.
    #[must_use]
    pub fn with_ladder(ladder: Ladder) -> Self {
        Self { broker: Arc::new(Broker::new(ladder)), session: Session::default() }
    }

    /// What could not be handled, oldest first; `queue` as in [`Subscription::queue`].
    #[must_use]
    pub fn dead_letters(&self, queue: &str) -> Vec<DeadLetter> {
        self.broker.dead_letters(queue)
    }

    fn emit_now(&self, event: Outgoing) -> Result<Emitted, EmitError> {
        let subscribed = self.broker.publish(event)?;
        Ok(Emitted { subscribed })
    }

    fn subscribe_now(
        &self,
        subscription: &Subscription,
        consumer: Consumer,
    ) -> Result<Box<dyn Subscribed>, EmitError> {
        self.session.ensure_open()?;
        let consumption = self.broker.subscribe(subscription.into())?;
        let concurrency = subscription.concurrency;
        let handle: Handle = Arc::new(move |delivered| consumer(delivered).map(Some).boxed());
        self.session.run(|stop| queueing::serve(consumption, concurrency, handle, stop))
    }
}

impl Clone for MemoryBus {
    fn clone(&self) -> Self {
        Self { broker: Arc::clone(&self.broker), session: Session::default() }
    }
}

impl EventBus for MemoryBus {
    fn emit(&self, event: Outgoing, _timeout: Duration) -> BoxFuture<'_, Result<Emitted, EmitError>> {
        self.session.emit(async { self.emit_now(event) }).boxed()
    }

    fn subscribe(
        &self,
        subscription: Subscription,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Box<dyn Subscribed>, EmitError>> {
        async move { self.subscribe_now(&subscription, consumer) }.boxed()
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        self.session.close(patience).boxed()
    }
}
