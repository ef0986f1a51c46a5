//! The client library that lymph's bus stands on, by itself.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures_util::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};

use super::{Bus, PREFETCH};
use crate::payload::Payload;

/// Where all events go, through the default exchange.
const QUEUE: &str = "bench.lapin";

/// Survives a restart of the broker.
const PERSISTENT: u8 = 2;

pub(super) struct Lapin {
    /// A channel each for publishing and consuming, on a connection each, as lymph has them.
    publishing: Channel,
    consuming: Channel,
    body: Bytes,
    _connections: [Connection; 2],
}

impl Bus for Lapin {
    const NAME: &'static str = "lapin";

    async fn connect(url: &str) -> Result<Self> {
        let connect = || Connection::connect(url, ConnectionProperties::default());
        let connections = [connect().await?, connect().await?];
        let [publishing, consuming] =
            [connections[0].create_channel().await?, connections[1].create_channel().await?];
        publishing.confirm_select(ConfirmSelectOptions::default()).await?;
        consuming.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        consuming.queue_declare(QUEUE.into(), durable, FieldTable::default()).await?;
        Ok(Self { publishing, consuming, body: Payload::Order.bytes(), _connections: connections })
    }

    async fn emit(&self) -> Result<()> {
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
        let published =
            self.publishing.basic_publish("".into(), QUEUE.into(), options, &self.body, properties);
        let confirmation = published.await?.await?;
        ensure!(matches!(confirmation, Confirmation::Ack(None)), "not confirmed: {confirmation:?}");
        Ok(())
    }

    async fn consume(&self, events: usize) -> Result<(Instant, Instant)> {
        let options = BasicConsumeOptions::default();
        let mut consumer = self
            .consuming
            .basic_consume(QUEUE.into(), "bench".into(), options, FieldTable::default())
            .await?;
        let mut first = None;
        for _ in 0..events {
            let delivery = consumer.next().await.context("the consumer ended")??;
            first.get_or_insert_with(Instant::now);
            delivery.ack(BasicAckOptions::default()).await?;
        }
        let last = Instant::now();
        self.consuming.basic_cancel("bench".into(), BasicCancelOptions::default()).await?;
        Ok((first.context("none came")?, last))
    }
}
