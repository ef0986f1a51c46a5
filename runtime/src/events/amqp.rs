//! Events through RabbitMQ, in one cluster with services that run Python lymph.
//!
//! - Publishing and consuming have a connection each: a broker short of memory stops reading from
//!   connections that publish, and acknowledgements must go on.
//! - What the broker has not confirmed waits in a bounded outbox, and is published again with the
//!   same id after a reconnect, until its deadline.
//! - Handlers have durable queues of their own, `INTERFACE-HANDLER.durable`. Python's are called
//!   `INTERFACE-HANDLER` and die with the broker; a service that runs in both languages shares
//!   those, and what they may lose, with `compat: python`. Without it both languages get each event.
//! - Failed deliveries climb a ladder of durable queues and come back to the queue that failed; what
//!   cannot be handled ends in `QUEUE.dlq`.
//! - An event with a TTL is dropped by the broker when it waits that long in a queue, and by its consumer when
//!   it failed and would be worth nothing at its next try. In a partition the time begins anew. A delayed event
//!   has none: what expires in the queue for delays would come early, and nothing there can say how long it
//!   may wait behind that.
//! - A queue keeps the arguments it was declared with. A handler that becomes `@sequential` needs its
//!   old queue drained and deleted; until then it is refused.

mod broker;
mod consumer;
mod dead;
mod link;
mod names;
mod outbox;
mod publisher;
mod serial;
#[cfg(feature = "amqps")]
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lapin::types::ShortString;
use tokio::sync::oneshot;

pub use self::dead::DeadMessage;

use self::broker::Broker;
use self::consumer::{Consuming, SUBSCRIBE_WITHIN, Shared, binding_keys, consume, properties};
use self::link::Link;
use self::names::{Exchanges, Queue, Queues, expiration, rounded, short};
use self::outbox::Publication;
use self::publisher::{Publisher, answered, declare_exchanges};
use super::envelope;
use super::session::Session;
use super::{Consumer, Emitted, EventBus, Ladder, Outgoing, Subscribed, Subscription};
use crate::config::AmqpTls;
use crate::describe::DeliveryMode;
use crate::error::{EmitError, Error};
use crate::transport::MAX_BODY_BYTES;

/// Where the broker is, and how events travel there.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// `amqp://user:password@host:port/vhost`, or `amqps://…` for TLS.
    pub url: String,
    /// Whom to trust with `amqps`, and who we are.
    pub tls: AmqpTls,
    /// The topic exchange; those for delays and retries are named after it.
    pub exchange: String,
    /// How failed deliveries are tried again.
    pub ladder: Ladder,
    /// How long the broker may be away when the bus starts.
    pub connect_within: Duration,
}

impl Settings {
    /// The broker at `url`, with Python lymph's exchanges, the usual ladder and ten seconds to start.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            tls: AmqpTls::default(),
            exchange: "lymph".to_owned(),
            ladder: Ladder::default(),
            connect_within: Duration::from_secs(10),
        }
    }
}

impl fmt::Debug for Settings {
    /// Without the URL, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url: _, tls, exchange, ladder, connect_within } = self;
        f.debug_struct("Settings")
            .field("tls", tls)
            .field("exchange", exchange)
            .field("ladder", ladder)
            .field("connect_within", connect_within)
            .finish_non_exhaustive()
    }
}

/// The event bus of a process, connected to RabbitMQ.
#[derive(Debug)]
pub struct AmqpBus {
    shared: Shared,
    publisher: Publisher,
    session: Session,
}

impl AmqpBus {
    /// Connects, and stays connected until closed.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when the settings are none; [`Error::Events`] when the broker is not there
    /// in time, or refuses us or the exchanges.
    pub async fn connect(settings: Settings) -> Result<Self, Error> {
        let broker = Broker::new(&settings)?;
        let exchanges =
            Exchanges::new(&settings.exchange).map_err(|error| Error::Config(error.to_string()))?;
        let process = std::process::id();
        let consuming = Arc::new(Link::keep(broker.clone(), &format!("lymph {process}: consume")));
        let publishing = Arc::new(Link::keep(broker, &format!("lymph {process}: publish")));
        let connected = async { tokio::join!(consuming.connection(), publishing.connection()) };
        let Ok((connection, _)) = tokio::time::timeout(settings.connect_within, connected).await else {
            return Err(Error::Events(format!("cannot reach the broker: {}", publishing.failure())));
        };
        let declared = async {
            let channel = answered(connection.create_channel()).await?;
            declare_exchanges(&channel, &exchanges).await
        };
        declared.await.map_err(|broken| Error::Events(broken.to_string()))?;
        let publisher = Publisher::start(Arc::clone(&publishing), exchanges.clone());
        let outbox = Arc::clone(&publisher.outbox);
        let shared = Shared { consuming, publishing, outbox, exchanges, ladder: settings.ladder };
        Ok(Self { shared, publisher, session: Session::default() })
    }

    /// What could not be handled, oldest first, up to `limit`; it stays where it is.
    ///
    /// # Errors
    ///
    /// [`EmitError::Refused`] when there is no such queue, [`EmitError::Unreachable`] when the
    /// broker does not answer.
    pub async fn dead_letters(
        &self,
        subscription: &Subscription,
        limit: usize,
    ) -> Result<Vec<DeadMessage>, EmitError> {
        let queue = Queues::new(subscription)?.dead.name;
        let read = dead::read(&self.shared.consuming, &queue, limit);
        let within = tokio::time::timeout(SUBSCRIBE_WITHIN, read).await;
        match within {
            Ok(Ok(letters)) => Ok(letters),
            Ok(Err(broken)) => Err(broken.refusal().unwrap_or(EmitError::Unreachable)),
            Err(_) => Err(EmitError::Unreachable),
        }
    }

    async fn publish(&self, event: Outgoing, timeout: Duration) -> Result<Emitted, EmitError> {
        let delayed = !event.delay.is_zero();
        let publication = self.publication(event)?;
        let subscribed = self.shared.outbox.publish(publication, timeout).await?;
        if delayed && !subscribed {
            return Err(EmitError::Refused("the queue for delays is gone".to_owned()));
        }
        Ok(Emitted { subscribed })
    }

    fn publication(&self, event: Outgoing) -> Result<Publication, EmitError> {
        let Outgoing { topic, id, headers, body, source, delay, ttl } = event;
        if body.len() > MAX_BODY_BYTES {
            return Err(EmitError::Refused(format!(
                "a body of {} bytes; {MAX_BODY_BYTES} is the limit",
                body.len()
            )));
        }
        let payload: Bytes = envelope::encode(&topic, &headers, body, &source);
        let mut properties = properties(Some(short(&id)?));
        let exchanges = &self.shared.exchanges;
        Ok(if delay.is_zero() {
            if let Some(ttl) = ttl {
                properties = properties.with_expiration(expiration(ttl)?);
            }
            let (exchange, routing_key) = (exchanges.events.clone(), short(&topic)?);
            Publication { exchange, routing_key, properties, payload, declare: None }
        } else {
            let queue = Queue::delay(exchanges, &topic, rounded(delay))?;
            let (exchange, routing_key) = (ShortString::default(), queue.name.clone());
            Publication { exchange, routing_key, properties, payload, declare: Some(queue) }
        })
    }

    async fn consume(
        &self,
        subscription: Subscription,
        consumer: Consumer,
    ) -> Result<Box<dyn Subscribed>, EmitError> {
        self.session.ensure_open()?;
        let queues = Queues::new(&subscription)?;
        let Subscription { topics, delivery, concurrency, .. } = subscription;
        let alone = delivery.mode == DeliveryMode::Sequential;
        let consuming = Consuming {
            shared: self.shared.clone(),
            queue: queues.main.clone(),
            queues,
            topics: binding_keys(&topics)?,
            retries: delivery.retries,
            concurrency: if alone { 1 } else { concurrency.max(1) },
            alone,
            in_order: None,
            consumer,
        };
        let (ready, is_ready) = oneshot::channel();
        let subscribed = match delivery.mode {
            DeliveryMode::Serial { key, .. } => {
                self.session.run(|stop| serial::serve(consuming, key, ready, stop))?
            }
            _ => self.session.run(|stop| consume(Arc::new(consuming), ready, stop))?,
        };
        match tokio::time::timeout(SUBSCRIBE_WITHIN, is_ready).await {
            Ok(Ok(Ok(()))) => Ok(subscribed),
            Ok(Ok(Err(refused))) => {
                subscribed.stop().await;
                Err(refused)
            }
            Ok(Err(_)) => Err(EmitError::Stopped),
            Err(_) => {
                subscribed.stop().await;
                Err(EmitError::Unreachable)
            }
        }
    }

    async fn end(&self, patience: Duration) {
        self.session.close(patience).await;
        self.publisher.stop();
        tokio::join!(self.shared.consuming.close(), self.shared.publishing.close());
    }
}

impl EventBus for AmqpBus {
    fn emit(&self, event: Outgoing, timeout: Duration) -> BoxFuture<'_, Result<Emitted, EmitError>> {
        self.session.emit(self.publish(event, timeout)).boxed()
    }

    fn subscribe(
        &self,
        subscription: Subscription,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Box<dyn Subscribed>, EmitError>> {
        self.consume(subscription, consumer).boxed()
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        self.end(patience).boxed()
    }
}
