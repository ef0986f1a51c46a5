//! Keeps events in order per key: one queue takes them all, one process at a time shares them out
//! to partitions, and each partition has one consumer that handles one event at a time.

mod hold;

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery as Message;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Confirmation, Connection, PublisherConfirm};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::consumer::{Consuming, Settled, settle};
use super::link::Backoff;
use super::publisher::{Broken, MANDATORY, answered, confirming_channel, declare_queue};
use crate::error::EmitError;
use crate::events::envelope::Envelope;
use crate::events::partition::partition_of;

/// Events on their way to partitions, no two of them to the same one.
const PREFETCH: u16 = 64;

/// Takes part in sharing out and in handling, until told to stop.
pub(super) async fn serve(
    main: Consuming,
    key: &'static str,
    ready: oneshot::Sender<Result<(), EmitError>>,
    stop: CancellationToken,
) {
    let handling = hold::hold(main.clone(), stop.clone());
    let sharing = Sharing { main, key };
    tokio::join!(sharing.run(ready, stop), handling);
}

/// Moves events from the main queue to their partitions.
struct Sharing {
    main: Consuming,
    key: &'static str,
}

/// An event between two queues.
struct Moving {
    partition: u16,
    message: Message,
    confirm: PublisherConfirm,
    confirmed: Option<Confirmation>,
}

impl Sharing {
    async fn run(self, ready: oneshot::Sender<Result<(), EmitError>>, stop: CancellationToken) {
        let (mut ready, mut backoff) = (Some(ready), Backoff::new());
        // One channel for both ends: what one connection has published and not acknowledged, the
        // next consumer may publish again, but nothing comes late over another connection.
        let link = Arc::clone(&self.main.shared.publishing);
        while let Some(connection) = stop.run_until_cancelled(link.connection()).await {
            let broken = match self.open(&connection).await {
                Ok((channel, messages)) => {
                    backoff.reset();
                    if let Some(ready) = ready.take() {
                        drop(ready.send(Ok(())));
                    }
                    match self.share_out(&channel, messages, &stop).await {
                        Ok(()) => break,
                        Err(broken) => broken,
                    }
                }
                Err(broken) => {
                    if let (Some(refusal), Some(ready)) = (broken.refusal(), ready.take()) {
                        drop(ready.send(Err(refusal)));
                        return;
                    }
                    broken
                }
            };
            tracing::warn!(queue = %self.main.queue.name, error = %broken, "sharing out starts over");
            if matches!(broken, Broken::Silent) {
                link.suspect(&connection);
            }
            drop(connection);
            stop.run_until_cancelled(backoff.pause()).await;
        }
    }

    async fn open(&self, connection: &Connection) -> Result<(Channel, lapin::Consumer), Broken> {
        let channel = confirming_channel(connection).await?;
        for partition in &self.main.queues.partitions {
            declare_queue(&channel, partition).await?;
        }
        self.main.declare(&channel).await?;
        answered(channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
        let name = self.main.queue.name.clone();
        let consumed = channel.basic_consume(
            name,
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        Ok((channel.clone(), answered(consumed).await?))
    }

    async fn share_out(
        &self,
        channel: &Channel,
        mut messages: lapin::Consumer,
        stop: &CancellationToken,
    ) -> Result<(), Broken> {
        let mut moving: VecDeque<Moving> = VecDeque::new();
        loop {
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                message = messages.next(), if moving.len() < usize::from(PREFETCH) => message,
                settled = self.settle_first(channel, &mut moving), if !moving.is_empty() => {
                    settled?;
                    continue;
                }
            };
            let message = message.ok_or_else(|| Broken::Lost("the consumer was cancelled".to_owned()))??;
            if let Some((partition, payload)) = self.place(&message).await? {
                // A partition gets its next event only when the broker has the last one: should it
                // refuse one, none that came later can be there already.
                while moving.iter().any(|other| other.partition == partition) {
                    self.settle_first(channel, &mut moving).await?;
                }
                let confirm = self.send(channel, partition, &message, &payload).await?;
                moving.push_back(Moving { partition, message, confirm, confirmed: None });
            }
        }
        while !moving.is_empty() {
            self.settle_first(channel, &mut moving).await?;
        }
        answered(channel.close(200, "OK".into())).await
    }

    /// The partition of an event; what is unreadable is settled here.
    async fn place(&self, message: &Message) -> Result<Option<(u16, Bytes)>, Broken> {
        let payload = Bytes::copy_from_slice(&message.data);
        match Envelope::decode(&payload, message.routing_key.as_str()) {
            Ok(envelope) => {
                let partitions = u16::try_from(self.main.queues.partitions.len()).unwrap_or(u16::MAX);
                Ok(Some((partition_of(&envelope.body, self.key, partitions), payload)))
            }
            Err(error) => {
                let queue = &self.main.queue.name;
                tracing::error!(%queue, %error, "unreadable: dead-lettered");
                match self.main.bury(message, payload, "unreadable").await {
                    Settled::Done => settle(queue, message.acker.clone(), Settled::Done).await,
                    // It goes back to its place when the channel ends.
                    Settled::GiveBack => return Err(Broken::Lost("a dead letter had no place".to_owned())),
                }
                Ok(None)
            }
        }
    }

    async fn send(
        &self,
        channel: &Channel,
        partition: u16,
        message: &Message,
        payload: &[u8],
    ) -> Result<PublisherConfirm, Broken> {
        let name = self.main.queues.partitions[usize::from(partition)].name.clone();
        let properties = message.properties.clone();
        answered(channel.basic_publish(ShortString::default(), name, MANDATORY, payload, properties)).await
    }

    /// Waits for the confirm of the first one, and acknowledges it; cancel-safe.
    async fn settle_first(&self, channel: &Channel, moving: &mut VecDeque<Moving>) -> Result<(), Broken> {
        if let Some(first) = moving.front_mut()
            && first.confirmed.is_none()
        {
            first.confirmed = Some(answered(&mut first.confirm).await?);
            look_at_batch(channel, moving)?;
        }
        if let Some(Moving { message, .. }) = moving.pop_front() {
            settle(&self.main.queue.name, message.acker, Settled::Done).await;
        }
        Ok(())
    }
}

/// Fails when one of those confirmed so far was not taken: then all go back to their places. lapin
/// hands a returned message to any confirm of the same batch, see `Publishing::confirm`.
fn look_at_batch(channel: &Channel, moving: &mut VecDeque<Moving>) -> Result<(), Broken> {
    drop(channel.wait_for_confirms().now_or_never());
    for next in moving {
        if next.confirmed.is_none() {
            next.confirmed = (&mut next.confirm).now_or_never().transpose()?;
        }
        match &next.confirmed {
            None | Some(Confirmation::Ack(None) | Confirmation::NotRequested) => {}
            Some(Confirmation::Ack(Some(returned))) => {
                return Err(Broken::Lost(format!("queue `{}`", returned.routing_key)));
            }
            Some(Confirmation::Nack(_)) => return Err(Broken::Lost("room in a partition".to_owned())),
        }
    }
    Ok(())
}
