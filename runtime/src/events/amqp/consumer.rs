//! Delivers from one queue, and settles each delivery only when all that follows from it is
//! confirmed: handler, then the copy for the next try or for the dead letters, then the ack.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use lapin::message::Delivery as Message;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
};
use lapin::options::{QueueBindOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Acker, BasicProperties, Channel, Connection, ExchangeKind};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::link::{Backoff, Link};
use super::names::{Exchanges, Queue, Queues, rungs, short};
use super::outbox::{Outbox, Publication};
use super::publisher::{ANSWER_WITHIN, Broken, answered, declare_exchange, declare_exchanges, declare_queue};
use crate::Headers;
use crate::error::EmitError;
use crate::events::envelope::{Envelope, RETRY_COUNT};
use crate::events::{Consumer, Delivered, Ladder, Outcome};

/// How long the broker may take to confirm a copy; the delivery stays unsettled meanwhile.
const COPY_WITHIN: Duration = Duration::from_secs(30);

/// Header of a copy for another try: milliseconds that the event may still wait. The broker would take them from
/// `expiration` for the pause as well, and cut that short.
const TTL_LEFT: &str = "x-lymph-ttl";

/// Pause before a delivery goes back whose copy could not be made.
const GIVE_BACK_AFTER: Duration = Duration::from_secs(1);

/// What all subscriptions of a bus share.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) consuming: Arc<Link>,
    pub(super) publishing: Arc<Link>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) exchanges: Exchanges,
    pub(super) ladder: Ladder,
}

/// One queue and what handles it.
#[derive(Clone)]
pub(super) struct Consuming {
    pub(super) shared: Shared,
    /// All queues of the subscription.
    pub(super) queues: Queues,
    /// The one that this consumes.
    pub(super) queue: Queue,
    /// Bindings to the exchange of all events.
    pub(super) topics: Vec<ShortString>,
    pub(super) retries: u32,
    pub(super) concurrency: u16,
    /// One after the other, over all processes: nobody else may start before what runs here ends.
    pub(super) alone: bool,
    /// Of a partition: what failed holds up the rest.
    pub(super) in_order: Option<InOrder>,
    pub(super) consumer: Consumer,
}

/// What the partitions of one subscription share.
#[derive(Clone)]
pub(super) struct InOrder {
    /// Handlers at once.
    pub(super) turns: Arc<Semaphore>,
    /// Ends pauses: what waits for its next try goes back to its place.
    pub(super) hurry: CancellationToken,
}

/// Consumes until told to stop, over as many connections as it takes. `ready` learns how the first
/// attempt ended that reached the broker.
pub(super) async fn consume(
    consuming: Arc<Consuming>,
    ready: oneshot::Sender<Result<(), EmitError>>,
    stop: CancellationToken,
) {
    let mut ready = Some(ready);
    let mut under_way = JoinSet::new();
    let mut backoff = Backoff::new();
    let link = Arc::clone(&consuming.shared.consuming);
    while let Some(connection) = stop.run_until_cancelled(link.connection()).await {
        let broken = match consuming.open(&connection).await {
            Ok(opened) => {
                backoff.reset();
                if let Some(ready) = ready.take() {
                    // Nobody waits any more: stopping comes next.
                    drop(ready.send(Ok(())));
                }
                match consuming.deliver(opened, &mut under_way, &stop).await {
                    Ok(()) => break,
                    Err(broken) => broken,
                }
            }
            Err(broken) => {
                if let Some(refusal) = broken.refusal()
                    && let Some(ready) = ready.take()
                {
                    drop(ready.send(Err(refusal)));
                    return;
                }
                broken
            }
        };
        tracing::warn!(queue = %consuming.queue.name, error = %broken, "consuming starts over");
        if matches!(broken, Broken::Silent) {
            link.suspect(&connection);
        }
        drop(connection);
        stop.run_until_cancelled(backoff.pause()).await;
    }
    while under_way.join_next().await.is_some() {}
}

/// A channel that consumes.
struct Opened {
    channel: Channel,
    messages: lapin::Consumer,
}

impl Consuming {
    async fn open(&self, connection: &Connection) -> Result<Opened, Broken> {
        let channel = answered(connection.create_channel()).await?;
        self.declare(&channel).await?;
        answered(channel.basic_qos(self.concurrency, BasicQosOptions::default())).await?;
        let name = self.queue.name.clone();
        let consumed = channel.basic_consume(
            name,
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let messages = answered(consumed).await?;
        Ok(Opened { channel, messages })
    }

    /// Everything that a delivery may need, so that nothing is found missing with one in hand.
    pub(super) async fn declare(&self, channel: &Channel) -> Result<(), Broken> {
        let exchanges = &self.shared.exchanges;
        declare_exchanges(channel, exchanges).await?;
        let rungs = if self.in_order.is_some() { Vec::new() } else { rungs(&self.shared.ladder) };
        for pause in rungs {
            let Ok(rung) = Queue::rung(exchanges, pause) else { continue };
            declare_exchange(channel, &rung.name, ExchangeKind::Fanout).await?;
            declare_queue(channel, &rung).await?;
            bind(channel, &rung.name, &rung.name, ShortString::default()).await?;
        }
        declare_queue(channel, &self.queues.dead).await?;
        declare_queue(channel, &self.queue).await?;
        for topic in &self.topics {
            bind(channel, &self.queue.name, &exchanges.events, topic.clone()).await?;
        }
        bind(channel, &self.queue.name, &exchanges.retry, self.queue.name.clone()).await
    }

    /// Hands deliveries out until the channel breaks, or everything is settled after `stop`.
    async fn deliver(
        self: &Arc<Self>,
        opened: Opened,
        under_way: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> Result<(), Broken> {
        let Opened { channel, mut messages } = opened;
        loop {
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(_) = under_way.join_next() => continue,
                message = messages.next(), if under_way.len() < usize::from(self.concurrency) => message,
            };
            match message {
                Some(Ok(message)) => {
                    under_way.spawn(Arc::clone(self).handle(message));
                }
                Some(Err(error)) => return Err(error.into()),
                None => return Err(Broken::Lost("the consumer was cancelled".to_owned())),
            }
        }
        if !self.alone {
            // Others may start on what comes next, while we finish what runs.
            answered(channel.basic_cancel(messages.tag(), BasicCancelOptions::default())).await?;
        }
        while under_way.join_next().await.is_some() {}
        if self.queues.own {
            answered(channel.queue_delete(self.queue.name.clone(), QueueDeleteOptions::default())).await?;
        }
        // What came but was not started goes back to its place.
        answered(channel.close(200, "OK".into())).await
    }

    async fn handle(self: Arc<Self>, message: Message) {
        let payload = Bytes::copy_from_slice(&message.data);
        let settled = match Envelope::decode(&payload, message.routing_key.as_str()) {
            Ok(envelope) => self.handle_event(&message, payload, envelope).await,
            Err(error) => {
                tracing::error!(queue = %self.queue.name, %error, "unreadable: dead-lettered");
                self.bury(&message, payload, "unreadable").await
            }
        };
        settle(&self.queue.name, message.acker, settled).await;
    }

    /// Runs the handler, and makes the copies that its outcome asks for.
    async fn handle_event(&self, message: &Message, payload: Bytes, envelope: Envelope) -> Settled {
        // Whoever else wrote the count, it never grants more tries than the schema does.
        let mut tries_left = envelope.tries_left().map_or(self.retries, |left| left.min(self.retries));
        let (arrived, ttl) = (Instant::now(), ttl_left(message));
        loop {
            let delivered = self.delivered(message, &envelope, tries_left);
            let event_id = delivered.id.clone();
            let trace_id = delivered.headers.get_str("trace_id").map(str::to_owned);
            let outcome = self.run(delivered).await;
            if outcome == Outcome::Done {
                return Settled::Done;
            }
            if outcome == Outcome::Discard || tries_left == 0 {
                let reason = if outcome == Outcome::Retry { "exhausted" } else { "discarded" };
                tracing::error!(queue = %self.queue.name, event_id, trace_id, reason, "dead-lettered");
                return self.bury(message, payload, reason).await;
            }
            tries_left -= 1;
            let retry = self.retries.saturating_sub(tries_left);
            let ladder = &self.shared.ladder;
            let in_order = self.in_order.as_ref();
            let pause =
                if in_order.is_some() { ladder.pause_in_order(retry) } else { ladder.pause_before(retry) };
            // How long it waited before it came, nobody knows here: this is the most there can be left.
            let ttl = ttl.map(|ttl| ttl.saturating_sub(arrived.elapsed() + pause));
            if ttl.is_some_and(|ttl| ttl.is_zero()) {
                tracing::warn!(queue = %self.queue.name, event_id, trace_id, "failed, and worth nothing at its next try: dropped");
                return Settled::Done;
            }
            tracing::warn!(queue = %self.queue.name, event_id, trace_id, tries_left, "failed: will be tried again");
            let Some(in_order) = in_order else {
                return self.try_again(message, envelope, tries_left, pause, ttl).await;
            };
            if in_order.hurry.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return Settled::GiveBack;
            }
        }
    }

    async fn run(&self, delivered: Delivered) -> Outcome {
        let _turn = match &self.in_order {
            Some(in_order) => in_order.turns.acquire().await.ok(),
            None => None,
        };
        (self.consumer)(delivered).await
    }

    pub(super) fn delivered(&self, message: &Message, envelope: &Envelope, tries_left: u32) -> Delivered {
        let mut headers: Headers = envelope.headers.clone();
        headers.remove(RETRY_COUNT);
        let attempt = self.retries.saturating_sub(tries_left) + u32::from(message.redelivered);
        Delivered {
            topic: envelope.topic.clone(),
            id: message.properties.message_id().as_ref().map_or_else(String::new, ToString::to_string),
            headers,
            body: envelope.body.clone(),
            source: envelope.source.clone(),
            attempt,
            redelivered: attempt > 0,
        }
    }

    /// Sends a copy up the ladder, from where it comes back to this queue and no other.
    async fn try_again(
        &self,
        message: &Message,
        mut envelope: Envelope,
        tries_left: u32,
        pause: Duration,
        ttl: Option<Duration>,
    ) -> Settled {
        envelope.headers.insert(RETRY_COUNT, tries_left);
        let mut properties = properties(message.properties.message_id().clone());
        if let Some(ttl) = ttl {
            let millis = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
            let mut headers = FieldTable::default();
            headers.insert(TTL_LEFT.into(), AMQPValue::LongLongInt(millis));
            properties = properties.with_headers(headers);
        }
        let exchanges = &self.shared.exchanges;
        let exchange = if pause.is_zero() { exchanges.retry.clone() } else { exchanges.rung(pause) };
        self.copy(Publication {
            exchange,
            routing_key: self.queue.name.clone(),
            properties,
            payload: envelope.encode(),
            declare: None,
        })
        .await
    }

    pub(super) async fn bury(&self, message: &Message, payload: Bytes, reason: &str) -> Settled {
        let mut headers = FieldTable::default();
        let about = [
            ("x-lymph-reason", reason),
            ("x-lymph-queue", self.queue.name.as_str()),
            ("x-lymph-routing-key", message.routing_key.as_str()),
        ];
        for (name, value) in about {
            headers.insert(ShortString::from(name), AMQPValue::LongString(value.into()));
        }
        self.copy(Publication {
            exchange: ShortString::default(),
            routing_key: self.queues.dead.name.clone(),
            properties: properties(message.properties.message_id().clone()).with_headers(headers),
            payload,
            declare: None,
        })
        .await
    }

    async fn copy(&self, publication: Publication) -> Settled {
        let target = publication.routing_key.clone();
        match self.shared.outbox.publish(publication, COPY_WITHIN).await {
            Ok(true) => return Settled::Done,
            Ok(false) => tracing::error!(%target, "no copy was made: nothing is there to keep it"),
            Err(error) => tracing::error!(%target, %error, "no copy was made"),
        }
        tokio::time::sleep(GIVE_BACK_AFTER).await;
        Settled::GiveBack
    }
}

/// How long a message was to wait at most when it was published, or copied for another try.
fn ttl_left(message: &Message) -> Option<Duration> {
    let properties = &message.properties;
    let headers = properties.headers().as_ref();
    let millis = match headers.and_then(|headers| headers.inner().get(TTL_LEFT)) {
        Some(AMQPValue::LongLongInt(millis)) => u64::try_from(*millis).ok(),
        _ => properties.expiration().as_ref().and_then(|millis| millis.as_str().parse().ok()),
    };
    millis.map(Duration::from_millis)
}

/// What to tell the broker of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    Done,
    /// It is to be delivered again.
    GiveBack,
}

pub(super) async fn settle(queue: &ShortString, acker: Acker, settled: Settled) {
    let answer = match settled {
        Settled::Done => answered(acker.ack(BasicAckOptions::default())).await,
        Settled::GiveBack => {
            answered(acker.nack(BasicNackOptions { requeue: true, ..BasicNackOptions::default() })).await
        }
    };
    if let Err(error) = answer {
        tracing::debug!(%queue, %error, "not settled: it will be delivered again");
    }
}

/// As Python writes them, and an id.
pub(super) fn properties(id: Option<ShortString>) -> BasicProperties {
    let properties = BasicProperties::default()
        .with_content_type("application/lymph+x-msgpack".into())
        .with_content_encoding("binary".into())
        .with_delivery_mode(2);
    match id {
        Some(id) => properties.with_message_id(id),
        None => properties,
    }
}

/// Topics as names of AMQP.
pub(super) fn binding_keys(topics: &[String]) -> Result<Vec<ShortString>, EmitError> {
    topics.iter().map(|topic| short(topic)).collect()
}

async fn bind(
    channel: &Channel,
    queue: &ShortString,
    exchange: &ShortString,
    key: ShortString,
) -> Result<(), Broken> {
    let options = QueueBindOptions::default();
    answered(channel.queue_bind(queue.clone(), exchange.clone(), key, options, FieldTable::default())).await
}

/// How long a subscription may take to be there.
pub(super) const SUBSCRIBE_WITHIN: Duration = Duration::from_secs(3 * ANSWER_WITHIN.as_secs());
