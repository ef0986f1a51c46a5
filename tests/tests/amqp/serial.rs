//! Order per key while processes come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};
use lymph::Value;
use lymph::codec;
use lymph::describe::DeliveryMode;
use lymph::events::amqp::{AmqpBus, Settings};
use lymph::events::{Consumer, EventBus, Outcome};
use lymph_tests::{PATIENCE, RabbitMq, eventually};
use serde_json::json;

use crate::conformance::{event, subscription};

const USERS: i64 = 24;

/// What arrived, by user, and where.
#[derive(Default)]
struct Seen {
    running: BTreeSet<i64>,
    moves: BTreeMap<i64, Vec<i64>>,
    by: BTreeMap<&'static str, BTreeSet<i64>>,
    overlaps: usize,
}

impl Seen {
    fn consumer(seen: &Arc<Mutex<Self>>, name: &'static str) -> Consumer {
        let seen = Arc::clone(seen);
        Arc::new(move |delivered| {
            let body: Value = codec::from_bytes(&delivered.body).expect("our own body");
            let number = |name| body.get(name).and_then(Value::as_i64).expect("a number");
            let (user, n, seen) = (number("user"), number("n"), Arc::clone(&seen));
            Box::pin(async move {
                if !seen.lock().unwrap().running.insert(user) {
                    seen.lock().unwrap().overlaps += 1;
                }
                tokio::task::yield_now().await;
                let mut seen = seen.lock().unwrap();
                seen.running.remove(&user);
                seen.moves.entry(user).or_default().push(n);
                seen.by.entry(name).or_default().insert(user);
                Outcome::Done
            })
        })
    }

    fn arrived(&self) -> usize {
        self.moves.values().map(Vec::len).sum()
    }
}

async fn emit_round(bus: &AmqpBus, n: i64) -> Result<()> {
    for user in 0..USERS {
        let moved = event("moved", &json!({ "user": user, "n": n }).into());
        ensure!(bus.emit(moved, PATIENCE).await?.subscribed);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_share_the_partitions_and_keep_the_order() -> Result<()> {
    let broker = RabbitMq::start().await?;
    let connect = || AmqpBus::connect(Settings::new(broker.url()));
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let serial = subscription("I-h", &["moved"], DeliveryMode::Serial { key: "user", partitions: 6 });
    let first = connect().await?;
    let _first = first.subscribe(serial.clone(), Seen::consumer(&seen, "first")).await?;
    let mut rounds = 0;
    for _ in 0..20 {
        emit_round(&first, rounds).await?;
        rounds += 1;
    }
    let second = connect().await?;
    let _second = second.subscribe(serial, Seen::consumer(&seen, "second")).await?;
    // Goes on while partitions change hands.
    while seen.lock().unwrap().by.get("second").is_none_or(|users| users.len() < 4) {
        emit_round(&first, rounds).await?;
        rounds += 1;
        ensure!(rounds < 5000, "the second process never got a share");
    }
    second.close(PATIENCE).await;
    for _ in 0..20 {
        emit_round(&first, rounds).await?;
        rounds += 1;
    }
    let expected = usize::try_from(rounds * USERS)?;
    eventually(PATIENCE, async || {
        let arrived = seen.lock().unwrap().arrived();
        ensure!(arrived >= expected, "{arrived} of {expected}");
        Ok(())
    })
    .await?;
    check(&seen.lock().unwrap(), rounds)?;
    first.close(PATIENCE).await;
    Ok(())
}

fn check(seen: &Seen, rounds: i64) -> Result<()> {
    eprintln!("{rounds} rounds over {:?}", seen.by);
    let in_order: Vec<i64> = (0..rounds).collect();
    for (user, moves) in &seen.moves {
        ensure!(*moves == in_order, "user {user}: {moves:?}");
    }
    ensure!(seen.overlaps == 0, "{} events of one user at once", seen.overlaps);
    Ok(())
}
