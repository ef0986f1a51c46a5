//! Looks into dead letters.

use bytes::Bytes;
use lapin::message::BasicGetMessage;
use lapin::options::BasicGetOptions;
use lapin::types::{AMQPValue, ShortString};

use super::link::Link;
use super::publisher::{Broken, answered};

/// A message that nobody could handle, as it lies in `QUEUE.dlq`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadMessage {
    /// The event's; empty when the emitter gave none (Python).
    pub id: String,
    /// `unreadable`, `exhausted` or `discarded`.
    pub reason: String,
    /// The body of AMQP, as it was last delivered.
    pub payload: Bytes,
}

pub(super) async fn read(link: &Link, queue: &ShortString, limit: usize) -> Result<Vec<DeadMessage>, Broken> {
    let connection = link.connection().await;
    let channel = answered(connection.create_channel()).await?;
    let mut letters = Vec::new();
    while letters.len() < limit {
        match answered(channel.basic_get(queue.clone(), BasicGetOptions::default())).await? {
            Some(message) => letters.push(letter(message)),
            None => break,
        }
    }
    // None was acknowledged: all go back to their places.
    answered(channel.close(200, "OK".into())).await?;
    Ok(letters)
}

fn letter(message: BasicGetMessage) -> DeadMessage {
    let properties = &message.delivery.properties;
    let reason = properties.headers().as_ref().and_then(|headers| headers.inner().get("x-lymph-reason"));
    let reason = match reason {
        Some(AMQPValue::LongString(reason)) => reason.to_string(),
        _ => String::new(),
    };
    let id = properties.message_id().as_ref().map_or_else(String::new, ToString::to_string);
    DeadMessage { id, reason, payload: message.delivery.data.into() }
}
