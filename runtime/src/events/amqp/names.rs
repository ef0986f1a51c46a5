//! Which exchanges and queues there are, and how each is declared.

use std::time::Duration;

use lapin::options::QueueDeclareOptions;
use lapin::types::{AMQPValue, FieldTable, ShortString};

use crate::describe::DeliveryMode;
use crate::error::EmitError;
use crate::events::ladder::whole_millis;
use crate::events::{Ladder, Subscription};

/// AMQP's names are short strings.
const MAX_NAME_BYTES: usize = 255;

/// How long the queue of a broadcast handler waits for its process to come back. While it waits,
/// emitters are told that somebody listens.
const BROADCAST_EXPIRES: Duration = Duration::from_secs(120);

/// How long an unused queue for delays outlives the delay itself.
const DELAY_EXPIRES: Duration = Duration::from_secs(3600);

/// RabbitMQ's largest TTL.
const MAX_TTL: Duration = Duration::from_millis(u32::MAX as u64);

/// A time to live as AMQP writes it: milliseconds, in digits.
pub(super) fn expiration(ttl: Duration) -> Result<ShortString, EmitError> {
    if ttl > MAX_TTL {
        return Err(EmitError::Refused(format!("a TTL of more than {} days", MAX_TTL.as_secs() / 86_400)));
    }
    Ok(whole_millis(ttl).as_millis().to_string().into())
}

/// A name, when it is short enough.
pub(super) fn short(name: &str) -> Result<ShortString, EmitError> {
    let too_long = || EmitError::Refused(format!("`{name}` is longer than {MAX_NAME_BYTES} bytes"));
    ShortString::try_new(name).map_err(|_| too_long())
}

/// The exchanges of one cluster.
#[derive(Debug, Clone)]
pub(super) struct Exchanges {
    /// Topic: all events.
    pub(super) events: ShortString,
    /// Direct: Python's delays; ours need no exchange, only its presence.
    pub(super) waiting: ShortString,
    /// Direct: by the name of the queue that failed.
    pub(super) retry: ShortString,
}

impl Exchanges {
    pub(super) fn new(name: &str) -> Result<Self, EmitError> {
        Ok(Self {
            events: short(name)?,
            waiting: short(&format!("{name}_waiting"))?,
            retry: short(&format!("{name}_retry"))?,
        })
    }

    /// Where a failed delivery waits: an exchange and a queue of this name. Each rung has one
    /// queue for all that failed, since messages of one TTL never block each other; the fanout
    /// exchange before it leaves the routing key alone, which names the queue to come back to.
    pub(super) fn rung(&self, pause: Duration) -> ShortString {
        short(&format!("{}_{}", self.retry, pause.as_millis())).unwrap_or_else(|_| self.retry.clone())
    }
}

/// One queue, ready to be declared.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) name: ShortString,
    pub(super) options: QueueDeclareOptions,
    pub(super) arguments: FieldTable,
}

impl Queue {
    fn new(name: &str, durable: bool) -> Result<Self, EmitError> {
        let options = QueueDeclareOptions { durable, ..QueueDeclareOptions::default() };
        Ok(Self { name: short(name)?, options, arguments: FieldTable::default() })
    }

    fn with(mut self, argument: &'static str, value: impl Into<AMQPValue>) -> Self {
        self.arguments.insert(ShortString::from(argument), value.into());
        self
    }

    fn with_millis(self, argument: &'static str, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        self.with(argument, AMQPValue::LongLongInt(millis))
    }

    fn one_consumer(self) -> Self {
        self.with("x-single-active-consumer", AMQPValue::Boolean(true))
    }

    /// Where failed deliveries of one rung wait.
    pub(super) fn rung(exchanges: &Exchanges, pause: Duration) -> Result<Self, EmitError> {
        Ok(Self::new(exchanges.rung(pause).as_str(), true)?
            .with_millis("x-message-ttl", pause)
            .with("x-dead-letter-exchange", AMQPValue::LongString(exchanges.retry.as_str().into())))
    }

    /// Where events of `topic` wait for their time. It expires an hour after the last of them at
    /// the earliest, as long as it is declared again [before that](Self::declare_again_within).
    ///
    /// Python's `TYPE-wait_MILLIS` are not durable, and each gets a copy of whatever is published
    /// to `lymph_waiting` for its type, whatever the delay; ours are published to by name.
    pub(super) fn delay(exchanges: &Exchanges, topic: &str, delay: Duration) -> Result<Self, EmitError> {
        if delay > MAX_TTL {
            return Err(EmitError::Refused(format!(
                "a delay of more than {} days",
                MAX_TTL.as_secs() / 86_400
            )));
        }
        Ok(Self::new(&format!("{topic}-wait_{}.{}", delay.as_millis(), exchanges.events), true)?
            .with_millis("x-message-ttl", delay)
            .with_millis("x-expires", (delay + DELAY_EXPIRES).min(MAX_TTL))
            .with("x-dead-letter-exchange", AMQPValue::LongString(exchanges.events.as_str().into()))
            .with("x-dead-letter-routing-key", AMQPValue::LongString(topic.into())))
    }

    /// How long a declared queue for delays may be published to.
    pub(super) const DECLARE_AGAIN_WITHIN: Duration = Duration::from_secs(DELAY_EXPIRES.as_secs() / 2);
}

/// The queues of one subscription.
#[derive(Debug, Clone)]
pub(super) struct Queues {
    /// Bound to the topics.
    pub(super) main: Queue,
    /// What the main queue is shared out to, by key.
    pub(super) partitions: Vec<Queue>,
    /// For what cannot be handled.
    pub(super) dead: Queue,
    /// Whether the main queue ends with its consumer.
    pub(super) own: bool,
}

impl Queues {
    /// Names them. A handler of our own has `INTERFACE-HANDLER.durable` (or `.transient`): Python
    /// declares `INTERFACE-HANDLER`, not durable, and whoever came second could not declare it.
    pub(super) fn new(subscription: &Subscription) -> Result<Self, EmitError> {
        let Subscription { queue, delivery, python_compatible, .. } = subscription;
        let given = delivery.queue.is_some() || *python_compatible;
        let suffix = if delivery.durable { "durable" } else { "transient" };
        let base = if given { queue.clone() } else { format!("{queue}.{suffix}") };
        let dead = Queue::new(&format!("{base}.dlq"), true)?;
        let declare = |name: &str| Queue::new(name, delivery.durable);
        let python = |name: &str| {
            let all = AMQPValue::LongString("all".into());
            Queue::new(name, false).map(|queue| queue.with("x-ha-policy", all))
        };
        let (main, partitions) = match delivery.mode {
            DeliveryMode::Serial { .. } if *python_compatible => {
                let reason =
                    "serial handlers cannot share their partitions with Python's: leave `compat` out";
                return Err(EmitError::Refused(reason.to_owned()));
            }
            DeliveryMode::Broadcast if *python_compatible => {
                let mut main = python(&format!("{base}-{}", uuid::Uuid::new_v4()))?;
                main.options.auto_delete = true;
                (main, Vec::new())
            }
            _ if *python_compatible => (python(&base)?, Vec::new()),
            DeliveryMode::Shared => (declare(&base)?, Vec::new()),
            DeliveryMode::Sequential => (declare(&base)?.one_consumer(), Vec::new()),
            DeliveryMode::Broadcast => {
                let main = declare(&format!("{base}.{}", uuid::Uuid::new_v4()))?;
                (main.with_millis("x-expires", BROADCAST_EXPIRES), Vec::new())
            }
            DeliveryMode::Serial { partitions, .. } => {
                let partition = |index| Ok(declare(&format!("{base}.{index}"))?.one_consumer());
                let partitions = (0..partitions.max(1)).map(partition).collect::<Result<_, EmitError>>()?;
                (declare(&format!("{base}.push"))?.one_consumer(), partitions)
            }
        };
        Ok(Self { main, partitions, dead, own: delivery.mode == DeliveryMode::Broadcast })
    }
}

/// A delay in steps of one per mille at most, upwards: each delay of a topic costs a queue.
pub(super) fn rounded(delay: Duration) -> Duration {
    let millis = whole_millis(delay).as_millis();
    let mut step = 1;
    while millis / step >= 10_000 {
        step *= 10;
    }
    let millis = millis.div_ceil(step).saturating_mul(step);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// The rungs to declare, each once.
pub(super) fn rungs(ladder: &Ladder) -> Vec<Duration> {
    let mut rungs: Vec<Duration> = ladder.rungs().iter().copied().filter(|pause| !pause.is_zero()).collect();
    rungs.sort();
    rungs.dedup();
    rungs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ttl_is_in_whole_milliseconds_that_rabbitmq_takes() {
        let check = |ttl, expected| assert_eq!(expiration(ttl).map(|ttl| ttl.to_string()), expected);
        check(Duration::from_micros(1_500), Ok("2".to_owned()));
        check(MAX_TTL, Ok("4294967295".to_owned()));
        let refused = EmitError::Refused("a TTL of more than 49 days".to_owned());
        check(MAX_TTL + Duration::from_millis(1), Err(refused));
    }

    #[test]
    fn delays_are_rounded_up_and_only_a_little() {
        let check = |millis: u64, expected: u64| {
            assert_eq!(rounded(Duration::from_millis(millis)), Duration::from_millis(expected));
        };
        check(1, 1);
        check(9_999, 9_999);
        check(10_001, 10_010);
        check(86_400_000, 86_400_000);
        check(86_400_001, 86_410_000);
        assert_eq!(rounded(Duration::from_nanos(1)), Duration::from_millis(1));
        assert!(rounded(Duration::MAX) > MAX_TTL);
    }
}
