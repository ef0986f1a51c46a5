//! Publishes with confirms, and again whatever a lost connection left unconfirmed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueDeclareOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Confirmation, Connection, ExchangeKind};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::link::{Backoff, Link};
use super::names::{Exchanges, Queue};
use super::outbox::{Address, Confirmed, Outbox, Publication};
use crate::error::EmitError;

/// How long the broker may take over anything but a confirm.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A broker that confirms nothing for this long has lost us, unless it said that it is blocked.
const CONFIRM_WITHIN: Duration = Duration::from_secs(10);

/// Why a channel is of no more use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("{0}")]
    Failed(#[from] lapin::Error),
    #[error("the broker does not answer")]
    Silent,
    #[error("the broker has lost something of ours: {0}")]
    Lost(String),
}

impl Broken {
    /// The broker understood, and said no.
    pub(super) fn refusal(&self) -> Option<EmitError> {
        match self {
            Self::Failed(error) if error.is_amqp_soft_error() => Some(EmitError::Refused(error.to_string())),
            _ => None,
        }
    }
}

/// Waits for the broker, but not for long.
pub(super) async fn answered<T>(work: impl Future<Output = lapin::Result<T>>) -> Result<T, Broken> {
    Ok(tokio::time::timeout(ANSWER_WITHIN, work).await.map_err(|_| Broken::Silent)??)
}

/// What published messages have in common: every one is durable, and returned when no queue
/// takes it.
pub(super) const MANDATORY: BasicPublishOptions = BasicPublishOptions { mandatory: true, immediate: false };

/// Opens a channel whose publications are confirmed.
pub(super) async fn confirming_channel(connection: &Connection) -> Result<Channel, Broken> {
    let channel = answered(connection.create_channel()).await?;
    answered(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    Ok(channel)
}

pub(super) async fn declare_exchanges(channel: &Channel, exchanges: &Exchanges) -> Result<(), Broken> {
    let all = [
        (&exchanges.events, ExchangeKind::Topic),
        (&exchanges.waiting, ExchangeKind::Direct),
        (&exchanges.retry, ExchangeKind::Direct),
    ];
    for (name, kind) in all {
        declare_exchange(channel, name, kind).await?;
    }
    Ok(())
}

pub(super) async fn declare_exchange(
    channel: &Channel,
    name: &ShortString,
    kind: ExchangeKind,
) -> Result<(), Broken> {
    let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    answered(channel.exchange_declare(name.clone(), kind, options, FieldTable::default())).await
}

pub(super) async fn declare_queue(channel: &Channel, queue: &Queue) -> Result<u32, Broken> {
    let options = QueueDeclareOptions { ..queue.options };
    let declared = channel.queue_declare(queue.name.clone(), options, queue.arguments.clone());
    Ok(answered(declared).await?.consumer_count())
}

/// The task that empties an outbox into the broker.
#[derive(Debug)]
pub(super) struct Publisher {
    pub(super) outbox: Arc<Outbox>,
    task: JoinHandle<()>,
}

impl Publisher {
    pub(super) fn start(link: Arc<Link>, exchanges: Exchanges) -> Self {
        let outbox = Arc::new(Outbox::default());
        let task = tokio::spawn(run(link, exchanges, Arc::clone(&outbox)));
        Self { outbox, task }
    }

    /// Ends at once; whoever still waits for a confirm waits until its deadline.
    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(link: Arc<Link>, exchanges: Exchanges, outbox: Arc<Outbox>) {
    let mut backoff = Backoff::new();
    loop {
        let connection = link.connection().await;
        let broken = publish(&connection, &exchanges, &outbox, &mut backoff).await;
        tracing::warn!(error = %broken, "publishing starts over");
        if matches!(broken, Broken::Silent) {
            link.suspect(&connection);
        }
        drop(connection);
        backoff.pause().await;
    }
}

/// Publishes on one channel until it breaks.
async fn publish(
    connection: &Connection,
    exchanges: &Exchanges,
    outbox: &Outbox,
    backoff: &mut Backoff,
) -> Broken {
    let opened = async {
        let channel = confirming_channel(connection).await?;
        declare_exchanges(&channel, exchanges).await?;
        Ok(channel)
    };
    let channel = match opened.await {
        Ok(channel) => channel,
        Err(broken) => return broken,
    };
    backoff.reset();
    outbox.start_over();
    let mut publishing = Publishing {
        channel,
        outbox,
        declared: HashMap::new(),
        confirming: FuturesUnordered::new(),
        since: BTreeMap::new(),
        returned: HashMap::new(),
    };
    loop {
        let stalled = publishing.stalled_at();
        let step = tokio::select! {
            (number, publication) = outbox.next() => publishing.send(number, publication).await,
            Some(first) = publishing.confirming.next() => publishing.confirm(first),
            () = tokio::time::sleep_until(stalled), if !publishing.since.is_empty() => {
                publishing.stalled(connection)
            }
        };
        if let Err(broken) = step {
            return broken;
        }
    }
}

type Confirming = BoxFuture<'static, (u64, Arc<Publication>, lapin::Result<Confirmation>)>;

/// One channel, and what waits for its confirms.
struct Publishing<'a> {
    channel: Channel,
    outbox: &'a Outbox,
    /// When each queue for delays was declared.
    declared: HashMap<ShortString, Instant>,
    confirming: FuturesUnordered<Confirming>,
    /// When each was sent.
    since: BTreeMap<u64, Instant>,
    /// How many of each address came back.
    returned: HashMap<Address, usize>,
}

impl Publishing<'_> {
    async fn send(&mut self, number: u64, publication: Arc<Publication>) -> Result<(), Broken> {
        if let Some(queue) = &publication.declare
            && let Err(broken) = self.declare(queue).await
        {
            // The next channel would break over it as well.
            if let Some(refusal) = broken.refusal() {
                self.outbox.settle(number, Err(refusal));
            }
            return Err(broken);
        }
        let channel = self.channel.clone();
        let mut confirming = async move {
            let Publication { exchange, routing_key, properties, payload, declare: _ } = &*publication;
            let (exchange, routing_key) = (exchange.clone(), routing_key.clone());
            let sent =
                channel.basic_publish(exchange, routing_key, MANDATORY, payload, properties.clone()).await;
            let confirmation = match sent {
                Ok(confirm) => confirm.await,
                Err(error) => Err(error),
            };
            (number, publication, confirmation)
        }
        .boxed();
        // lapin queues the frames when first polled: now, so that order is the outbox's.
        match futures_util::poll!(&mut confirming) {
            std::task::Poll::Ready(done) => self.confirm(done),
            std::task::Poll::Pending => {
                self.since.insert(number, Instant::now());
                self.confirming.push(confirming);
                Ok(())
            }
        }
    }

    /// Queues for delays expire when they were not declared for long; see [`Queue::delay`].
    async fn declare(&mut self, queue: &Queue) -> Result<(), Broken> {
        let declared = self.declared.get(&queue.name);
        if declared.is_none_or(|declared| declared.elapsed() > Queue::DECLARE_AGAIN_WITHIN) {
            self.declared.retain(|_, declared| declared.elapsed() <= Queue::DECLARE_AGAIN_WITHIN);
            declare_queue(&self.channel, queue).await?;
            self.declared.insert(queue.name.clone(), Instant::now());
        }
        Ok(())
    }

    /// Settles what is confirmed.
    ///
    /// lapin hands a returned message to whichever confirm it completes next, which among those
    /// of one `multiple` ack may be any of them. So all that were completed together are looked at
    /// before the first is settled, and returned messages find their publication by address.
    fn confirm(&mut self, first: <Confirming as Future>::Output) -> Result<(), Broken> {
        let mut completed = vec![first];
        self.take_completed(&mut completed);
        let settled = completed.len();
        // Takes the lock under which lapin completes a batch: after it, the whole batch is there.
        drop(self.channel.wait_for_confirms().now_or_never());
        self.take_completed(&mut completed);
        let mut confirmations = Vec::with_capacity(completed.len());
        for (number, publication, confirmation) in completed {
            confirmations.push((number, publication, self.note_return(confirmation?)));
        }
        let rest = confirmations.split_off(settled);
        for (number, publication, acked) in confirmations {
            self.since.remove(&number);
            let verdict = self.verdict(&publication, acked);
            self.outbox.settle(number, verdict);
        }
        // These may belong to a batch that is not complete yet: they wait for the next round.
        for (number, publication, acked) in rest {
            let confirmation = if acked { Confirmation::Ack(None) } else { Confirmation::Nack(None) };
            self.confirming.push(std::future::ready((number, publication, Ok(confirmation))).boxed());
        }
        Ok(())
    }

    fn take_completed(&mut self, completed: &mut Vec<<Confirming as Future>::Output>) {
        while let Some(Some(next)) = self.confirming.next().now_or_never() {
            completed.push(next);
        }
    }

    /// Whether it was acknowledged; remembers the returned message that came along.
    fn note_return(&mut self, confirmation: Confirmation) -> bool {
        let acked = confirmation.is_ack();
        if let Some(returned) = confirmation.take_message() {
            let id = returned.properties.message_id().clone();
            let address = (id, returned.exchange.clone(), returned.routing_key.clone());
            *self.returned.entry(address).or_default() += 1;
        }
        acked
    }

    fn verdict(&mut self, publication: &Publication, acked: bool) -> Confirmed {
        if !acked {
            return Err(EmitError::Refused("the broker could not take it".to_owned()));
        }
        let address = publication.address();
        let Some(count) = self.returned.get_mut(&address) else { return Ok(true) };
        *count -= 1;
        if *count == 0 {
            self.returned.remove(&address);
        }
        Ok(false)
    }

    /// When the oldest one should have been confirmed.
    fn stalled_at(&self) -> Instant {
        self.since.first_key_value().map_or_else(Instant::now, |(_, since)| *since) + CONFIRM_WITHIN
    }

    fn stalled(&mut self, connection: &Connection) -> Result<(), Broken> {
        if !connection.status().blocked() {
            return Err(Broken::Silent);
        }
        // It is short of memory or disk and says so; another connection would not help.
        self.since.values_mut().for_each(|since| *since = Instant::now());
        Ok(())
    }
}
