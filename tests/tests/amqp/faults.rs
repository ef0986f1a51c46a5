//! What a broker that fails does to events: delays and repeats them, and loses none.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Result, ensure};
use lymph::Error;
use lymph::describe::DeliveryMode;
use lymph::error::EmitError;
use lymph::events::amqp::{AmqpBus, Settings};
use lymph::events::{Consumer, EventBus, Outcome, Outgoing};
use lymph_tests::{PATIENCE, RabbitMq, eventually, free_port};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::conformance::{Recorder, event, numbered, subscription, with_retries};

/// What was confirmed, and what arrived how often.
#[derive(Default)]
struct Ledger {
    confirmed: Mutex<BTreeSet<String>>,
    arrived: Mutex<BTreeMap<String, usize>>,
    unconfirmed: AtomicUsize,
}

impl Ledger {
    fn consumer(self: &Arc<Self>) -> Consumer {
        let ledger = Arc::clone(self);
        Arc::new(move |delivered| {
            *ledger.arrived.lock().unwrap().entry(delivered.id).or_default() += 1;
            Box::pin(async { Outcome::Done })
        })
    }

    fn confirmed(&self) -> usize {
        self.confirmed.lock().unwrap().len()
    }

    fn missing(&self) -> usize {
        let arrived = self.arrived.lock().unwrap();
        self.confirmed.lock().unwrap().iter().filter(|id| !arrived.contains_key(*id)).count()
    }

    fn report(&self, what: &str) {
        let arrived = self.arrived.lock().unwrap();
        let extra: usize = arrived.values().map(|times| times - 1).sum();
        eprintln!(
            "{what}: {} confirmed, {} not, {} arrived, {extra} of them again",
            self.confirmed(),
            self.unconfirmed.load(Ordering::Relaxed),
            arrived.len(),
        );
    }
}

/// Emits without pause from several tasks until told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Load {
    fn start(bus: &Arc<AmqpBus>, ledger: &Arc<Ledger>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let (bus, ledger, stop) = (Arc::clone(bus), Arc::clone(ledger), Arc::clone(&stop));
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let event = event("t", &numbered(1));
                    let id = event.id.clone();
                    match bus.emit(event, PATIENCE).await {
                        Ok(emitted) => {
                            assert!(emitted.subscribed, "its queue is durable");
                            ledger.confirmed.lock().unwrap().insert(id);
                        }
                        Err(_) => drop(ledger.unconfirmed.fetch_add(1, Ordering::Relaxed)),
                    }
                }
            });
        }
        Self { stop, tasks }
    }

    async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
    }
}

/// Waits until `count` more are confirmed.
async fn more(ledger: &Ledger, count: usize) -> Result<()> {
    let goal = ledger.confirmed() + count;
    eventually(PATIENCE, async || {
        ensure!(ledger.confirmed() >= goal, "{} of {goal} confirmed", ledger.confirmed());
        Ok(())
    })
    .await
}

async fn nothing_missing(ledger: &Ledger) -> Result<()> {
    eventually(PATIENCE, async || {
        ensure!(ledger.missing() == 0, "{} confirmed events have not arrived", ledger.missing());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_nothing_that_it_confirmed() -> Result<()> {
    let mut broker = RabbitMq::start().await?;
    let bus = Arc::new(AmqpBus::connect(Settings::new(broker.url())).await?);
    let ledger = Arc::new(Ledger::default());
    let to = subscription("I-h", &["t"], DeliveryMode::Shared);
    let _subscribed = bus.subscribe(to, ledger.consumer()).await?;
    let load = Load::start(&bus, &ledger);
    for _ in 0..2 {
        more(&ledger, 1000).await?;
        broker.kill();
        broker.restart().await?;
    }
    more(&ledger, 1000).await?;
    load.stop().await;
    nothing_missing(&ledger).await?;
    ledger.report("2 kills");
    bus.close(PATIENCE).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reset_connections_lose_nothing_that_was_confirmed() -> Result<()> {
    let broker = RabbitMq::start().await?;
    let proxy = Proxy::start(broker.addr()).await?;
    let url = broker.url().replace(&broker.addr().to_string(), &proxy.address.to_string());
    let bus = Arc::new(AmqpBus::connect(Settings::new(url)).await?);
    let ledger = Arc::new(Ledger::default());
    let to = subscription("I-h", &["t"], DeliveryMode::Shared);
    let _subscribed = bus.subscribe(to, ledger.consumer()).await?;
    let load = Load::start(&bus, &ledger);
    for _ in 0..10 {
        more(&ledger, 500).await?;
        proxy.reset();
    }
    more(&ledger, 500).await?;
    load.stop().await;
    nothing_missing(&ledger).await?;
    ledger.report("10 resets");
    bus.close(PATIENCE).await;
    Ok(())
}

/// Stands between a client and its broker, and cuts all connections on demand.
struct Proxy {
    address: SocketAddr,
    resets: watch::Sender<()>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    async fn start(broker: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (resets, reset) = watch::channel(());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let mut reset = reset.clone();
                reset.mark_unchanged();
                connections.spawn(async move {
                    let Ok(mut server) = TcpStream::connect(broker).await else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                        _ = reset.changed() => {
                            // Closing with data unread, or without lingering, is what resets.
                            drop(client.set_zero_linger());
                            drop(server.set_zero_linger());
                        }
                    }
                });
            }
        });
        Ok(Self { address, resets, _tasks: tasks })
    }

    fn reset(&self) {
        self.resets.send_replace(());
    }
}

#[tokio::test]
async fn a_frozen_broker_is_told_from_one_out_of_reach() -> Result<()> {
    let mut broker = RabbitMq::start().await?;
    let bus = AmqpBus::connect(Settings::new(broker.url())).await?;
    let emit = || bus.emit(event("t", &numbered(1)), Duration::from_millis(500));
    eventually(PATIENCE, async || {
        ensure!(!emit().await?.subscribed, "nobody listens");
        Ok(())
    })
    .await?;
    broker.pause()?;
    eventually(PATIENCE, async || {
        let sent = emit().await;
        ensure!(sent == Err(EmitError::TimedOut), "it was sent, and may be there: {sent:?}");
        Ok(())
    })
    .await?;
    broker.resume()?;
    eventually(PATIENCE, async || Ok(emit().await?)).await?;
    broker.kill();
    eventually(PATIENCE, async || {
        ensure!(emit().await == Err(EmitError::Unreachable), "nothing was sent");
        Ok(())
    })
    .await?;
    bus.close(Duration::from_secs(1)).await;
    Ok(())
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_an_error_in_time() -> Result<()> {
    let mut settings = Settings::new(format!("amqp://127.0.0.1:{}", free_port()?));
    let usual = std::mem::replace(&mut settings.connect_within, Duration::from_millis(300));
    let started = Instant::now();
    let refused = AmqpBus::connect(settings).await.expect_err("nobody listens there");
    ensure!(matches!(refused, Error::Events(_)), "{refused:?}");
    ensure!(started.elapsed() < usual, "its own time does not count");
    let refused = AmqpBus::connect(Settings::new("http://127.0.0.1")).await.expect_err("no broker's URL");
    ensure!(matches!(refused, Error::Config(_)), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn delays_and_retries_survive_a_killed_broker() -> Result<()> {
    let mut broker = RabbitMq::start().await?;
    let bus = AmqpBus::connect(Settings::new(broker.url())).await?;
    let recorder = Recorder::new();
    let fails = |delivered: &lymph::events::Delivered| {
        if delivered.topic == "fails" && delivered.attempt == 0 { Outcome::Retry } else { Outcome::Done }
    };
    let to = with_retries(1, subscription("I-h", &["delayed", "fails"], DeliveryMode::Shared));
    let _subscribed = bus.subscribe(to, recorder.consumer(fails)).await?;
    let failing = event("fails", &numbered(1));
    bus.emit(failing.clone(), PATIENCE).await?;
    let (first, _) = recorder.next_within(PATIENCE).await;
    ensure!((first.attempt, &first.id) == (0, &failing.id));
    let (emitted, delay) = (Instant::now(), Duration::from_secs(2));
    let delayed = Outgoing { delay, ..event("delayed", &numbered(2)) };
    bus.emit(delayed.clone(), PATIENCE).await?;
    broker.kill();
    broker.restart().await?;
    let mut ids = BTreeSet::new();
    while ids.len() < 2 {
        let (delivered, came) = recorder.next_within(PATIENCE).await;
        ensure!(delivered.topic == "fails" || came - emitted >= delay, "early, after {:?}", came - emitted);
        ids.insert(delivered.id);
    }
    ensure!(ids == BTreeSet::from([failing.id, delayed.id]));
    bus.close(PATIENCE).await;
    Ok(())
}
