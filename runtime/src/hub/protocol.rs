//! What a hub and its clients say to each other.
//!
//! Frames are a length of four bytes, big-endian, and one MessagePack document. First the client
//! sends [`Hello`], and the hub answers [`Welcome`]; a hub of another version refuses. Then the
//! client sends [`FromClient`] and the hub [`FromHub`], each whenever it likes. Every request has a
//! number, and exactly one answer that carries it.

use std::time::Duration;

use bytes::Bytes;

use crate::events::queueing::{Declaration, Mode};
use crate::events::{Delivered, Outcome, Outgoing};
use crate::{Decode, DecodeError, Decoder, Encode, Encoder, Headers};

/// Changes with every change below.
pub(super) const VERSION: u32 = 3;

/// Declares what travels as a list of its name and its fields.
macro_rules! messages {
    ($($(#[$doc:meta])* enum $type:ident {
        $($(#[$about:meta])* $variant:ident = $name:literal { $($field:ident: $of:ty),* $(,)? })*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) enum $type {
            $($(#[$about])* $variant { $($field: $of),* },)*
        }

        impl Encode for $type {
            fn encode(&self, encoder: &mut Encoder) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        encoder.array(1 + <[&str]>::len(&[$(stringify!($field)),*]));
                        encoder.str($name);
                        $($field.encode(encoder);)*
                    })*
                }
            }
        }

        impl Decode for $type {
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let len = decoder.array()?;
                let name = if len == 0 { "" } else { decoder.str()? };
                match (name, len - usize::from(len > 0)) {
                    $(($name, len) if len == <[&str]>::len(&[$(stringify!($field)),*]) => {
                        Ok(Self::$variant { $($field: decoder.field(stringify!($field))?),* })
                    })*
                    _ => Err(DecodeError::not_a("a message of the hub's", name)),
                }
            }
        }
    )*};
}

messages! {
    /// The first frame of a client.
    enum Hello {
        Hello = "lymph-hub" { version: u32 }
    }

    /// The answer to it.
    enum Welcome {
        Welcome = "welcome" { version: u32 }
        Refused = "refused" { reason: String }
    }

    /// All further frames of a client.
    enum FromClient {
        Request = "request" { number: u64, request: Request }
        /// What became of a delivery.
        Settle = "settle" { consumer: u64, tag: u64, outcome: Outcome }
        /// A delivery that it will not handle goes back to its queue.
        GiveBack = "give_back" { consumer: u64, tag: u64 }
        /// It settles nothing any more: what it has not settled goes back to its queue.
        Detach = "detach" { consumer: u64 }
        /// Here I am.
        Ping = "ping" {}
    }

    /// What a client asks for.
    enum Request {
        Register = "register" { interface: String, instance: String }
        Deregister = "deregister" { interface: String, id: String }
        /// Current instances come before the answer, and again after each change.
        Watch = "watch" { interface: String }
        Interfaces = "interfaces" {}
        Publish = "publish" { event: Outgoing }
        /// Deliveries carry the number that the client chose for the consumer.
        Subscribe = "subscribe" { consumer: u64, declaration: Declaration, concurrency: u16 }
        /// Answered when the last delivery is settled.
        Stop = "stop" { consumer: u64 }
    }

    /// All further frames of a hub.
    enum FromHub {
        Answer = "answer" { number: u64, answer: Answer }
        Instances = "instances" { interface: String, instances: Vec<String> }
        Delivery = "delivery" { consumer: u64, tag: u64, delivered: Delivered }
        /// And here am I.
        Pong = "pong" {}
    }

    /// How a request ended.
    enum Answer {
        Done = "done" {}
        Emitted = "emitted" { subscribed: bool }
        Names = "names" { names: Vec<String> }
        Refused = "refused" { reason: String }
    }
}

/// Writes and reads structs and enums of other modules as a list of fields.
macro_rules! lists {
    ($($type:ty: $len:literal, |$value:ident| [$($part:expr),*], |$decoder:ident| $read:expr;)*) => {$(
        impl Encode for $type {
            fn encode(&self, encoder: &mut Encoder) {
                let $value = self;
                encoder.array($len);
                $($part.encode(encoder);)*
            }
        }

        impl Decode for $type {
            fn decode($decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                match $decoder.array()? {
                    $len => $read,
                    other => Err(DecodeError::new(format!("{other} fields instead of {}", $len))),
                }
            }
        }
    )*};
}

lists! {
    Outgoing: 7, |event| [event.topic, event.id, event.headers, event.body, event.source, event.delay, event.ttl],
        |decoder| Ok(Self {
            topic: decoder.field("topic")?,
            id: decoder.field("id")?,
            headers: decoder.field::<Headers>("headers")?,
            body: decoder.field::<Bytes>("body")?,
            source: decoder.field("source")?,
            delay: decoder.field::<Duration>("delay")?,
            ttl: decoder.field("ttl")?,
        });
    Delivered: 7, |event| [event.topic, event.id, event.headers, event.body, event.source, event.attempt,
            event.redelivered],
        |decoder| Ok(Self {
            topic: decoder.field("topic")?,
            id: decoder.field("id")?,
            headers: decoder.field("headers")?,
            body: decoder.field("body")?,
            source: decoder.field("source")?,
            attempt: decoder.field("attempt")?,
            redelivered: decoder.field("redelivered")?,
        });
    Declaration: 4, |declaration| [declaration.queue, declaration.topics, declaration.mode, declaration.retries],
        |decoder| Ok(Self {
            queue: decoder.field("queue")?,
            topics: decoder.field("topics")?,
            mode: decoder.field("mode")?,
            retries: decoder.field("retries")?,
        });
    Mode: 3, |mode| [mode_name(mode), serial(mode).0, serial(mode).1],
        |decoder| {
            let (name, key, partitions) = (decoder.str()?, decoder.field("key")?, decoder.field("partitions")?);
            mode_named(name, key, partitions)
        };
}

const OUTCOMES: [(Outcome, &str); 3] =
    [(Outcome::Done, "done"), (Outcome::Retry, "retry"), (Outcome::Discard, "discard")];

impl Encode for Outcome {
    fn encode(&self, encoder: &mut Encoder) {
        let (_, name) = OUTCOMES.iter().find(|(outcome, _)| outcome == self).expect("each has a name");
        encoder.str(name);
    }
}

impl Decode for Outcome {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let name = decoder.str()?;
        let found = OUTCOMES.iter().find(|(_, known)| *known == name);
        found.map(|(outcome, _)| *outcome).ok_or_else(|| DecodeError::not_a("an outcome", name))
    }
}

fn mode_name(mode: &Mode) -> &'static str {
    match mode {
        Mode::Shared => "shared",
        Mode::Sequential => "sequential",
        Mode::Broadcast => "broadcast",
        Mode::Serial { .. } => "serial",
    }
}

fn serial(mode: &Mode) -> (&str, u16) {
    if let Mode::Serial { key, partitions } = mode { (key, *partitions) } else { ("", 0) }
}

fn mode_named(name: &str, key: String, partitions: u16) -> Result<Mode, DecodeError> {
    Ok(match name {
        "shared" => Mode::Shared,
        "sequential" => Mode::Sequential,
        "broadcast" => Mode::Broadcast,
        "serial" => Mode::Serial { key, partitions },
        other => return Err(DecodeError::not_a("a mode of delivery", other)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::{from_bytes, to_bytes};

    fn comes_back<T: Encode + Decode + std::fmt::Debug>(message: &T) {
        let read: T = from_bytes(&to_bytes(message)).expect("our own bytes");
        assert_eq!(format!("{read:?}"), format!("{message:?}"));
    }

    #[test]
    fn every_shape_comes_back() {
        let body = Bytes::from_static(b"\x81\xa1n\x01");
        let event = Outgoing {
            topic: "t".to_owned(),
            id: "1".to_owned(),
            headers: Headers::new(),
            body: body.clone(),
            source: String::new(),
            delay: Duration::from_millis(1500),
            ttl: Some(Duration::from_secs(30)),
        };
        let serial = Mode::Serial { key: "user".to_owned(), partitions: 12 };
        for mode in [Mode::Shared, Mode::Sequential, Mode::Broadcast, serial] {
            let (queue, topics) = ("I-h".to_owned(), vec!["t.#".to_owned()]);
            let declaration = Declaration { queue, topics, mode, retries: 3 };
            let request = Request::Subscribe { consumer: 7, declaration, concurrency: 8 };
            comes_back(&FromClient::Request { number: 1, request });
        }
        comes_back(&FromClient::Request { number: u64::MAX, request: Request::Publish { event } });
        for (outcome, _) in OUTCOMES {
            comes_back(&FromClient::Settle { consumer: 7, tag: 2, outcome });
        }
        comes_back(&FromClient::Ping {});
        let delivered = Delivered {
            topic: "t".to_owned(),
            id: String::new(),
            headers: Headers::new(),
            body,
            source: None,
            attempt: 2,
            redelivered: true,
        };
        comes_back(&FromHub::Delivery { consumer: 7, tag: 2, delivered });
        comes_back(&FromHub::Answer { number: 1, answer: Answer::Names { names: vec!["Echo".to_owned()] } });
    }

    proptest! {
        #[test]
        fn garbage_is_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(from_bytes::<FromClient>(&bytes).is_err());
            prop_assert!(from_bytes::<FromHub>(&bytes).is_err());
        }
    }
}
