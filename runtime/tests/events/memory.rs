//! What the bus of one process promises beyond what all buses do.

use std::time::Duration;

use lymph::error::EmitError;
use lymph::events::memory::MemoryBus;
use lymph::events::{DeadReason, EventBus, Outcome};
use tokio::time::Instant;

use crate::conformance::{Recorder, event, has_buried, numbered, subscription, with_retries};
use lymph::describe::DeliveryMode;

#[tokio::test(start_paused = true)]
async fn climbs_to_five_minutes_and_stays_there() {
    let (bus, recorder) = (MemoryBus::new(), Recorder::new());
    let patient = with_retries(5, subscription("I-h", &["t"], DeliveryMode::Shared));
    let _subscribed = bus.subscribe(patient, recorder.consumer(|_| Outcome::Retry)).await.unwrap();
    let start = Instant::now();
    let sent = event("t", &numbered(1));
    bus.emit(sent.clone(), Duration::ZERO).await.unwrap();
    let mut seconds = Vec::new();
    for _ in 0..6 {
        seconds.push((recorder.next_within(Duration::from_secs(301)).await.1 - start).as_secs());
    }
    assert_eq!(seconds, [0, 1, 6, 36, 336, 636]);
    has_buried(&bus, "I-h", &[&sent.id]).await;
    let letters = bus.dead_letters("I-h");
    assert_eq!((letters[0].reason, letters[0].event.attempt), (DeadReason::Exhausted, 5));
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let bus = MemoryBus::new();
    for queue in ["A-h", "B-h"] {
        let topics = if queue == "A-h" { &["t"][..] } else { &["t", "u"] };
        let to = subscription(queue, topics, DeliveryMode::Shared);
        bus.subscribe(to, Recorder::new().done()).await.unwrap().stop().await;
    }
    for _ in 0..10_000 {
        bus.emit(event("u", &numbered(1)), Duration::ZERO).await.unwrap();
    }
    let refused = bus.emit(event("t", &numbered(1)), Duration::ZERO).await;
    assert_eq!(refused, Err(EmitError::Refused("queue `B-h` is full".to_owned())));
    // None or all: the queue with room for it has not got it either.
    let recorder = Recorder::new();
    let to = subscription("A-h", &["t"], DeliveryMode::Shared);
    let _subscribed = bus.subscribe(to, recorder.done()).await.unwrap();
    tokio::task::yield_now().await;
    recorder.nothing_more().await;
}

#[tokio::test]
async fn a_queue_keeps_its_mode() {
    let bus = MemoryBus::new();
    let shared = subscription("I-h", &["t"], DeliveryMode::Shared);
    let _subscribed = bus.subscribe(shared, Recorder::new().done()).await.unwrap();
    let sequential = subscription("I-h", &["t"], DeliveryMode::Sequential);
    let refused = bus.subscribe(sequential, Recorder::new().done()).await.err();
    assert!(matches!(refused, Some(EmitError::Refused(_))), "{refused:?}");
}
