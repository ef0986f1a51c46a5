//! Generated events, through lymph's bus.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context as _, Result};
use lymph::config::Config;
use lymph::container::Running;
use lymph::{Client, Container, Context, Fault};
use tokio::sync::oneshot;

use super::{Bus, PREFETCH};
use crate::generated::bench::{Intake, IntakeServer, Ordered};
use crate::subjects::lymph::order;

pub(super) struct Lymph {
    client: Client,
    event: Ordered,
    config: Config,
    _running: Running,
}

/// Counts what it hears.
struct Counter {
    first: Mutex<Option<Instant>>,
    left: AtomicUsize,
    done: Mutex<Option<oneshot::Sender<Instant>>>,
}

impl Intake for Counter {
    async fn ordered(&self, _: &Context, _: Ordered) -> Result<(), Fault> {
        self.first.lock().expect("nobody panics").get_or_insert_with(Instant::now);
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1
            && let Some(done) = self.done.lock().expect("nobody panics").take()
        {
            // Nobody waits any longer when the measurement failed.
            let _ = done.send(Instant::now());
        }
        Ok(())
    }
}

impl Bus for Lymph {
    const NAME: &'static str = "lymph";

    async fn connect(url: &str) -> Result<Self> {
        let yaml =
            format!("container:\n  registry: {{class: memory}}\n  events: {{class: amqp, url: {url}}}\n");
        let config: Config = yaml.parse()?;
        let running = Container::from_config(&config).start().await?;
        let bus =
            Self { client: Client::from(&running), event: Ordered::new(order()), config, _running: running };
        // Consuming declares the queue, which outlives its consumer.
        bus.listen(1).await?.0.drain().await?;
        Ok(bus)
    }

    async fn emit(&self) -> Result<()> {
        self.client.emit(self.event.clone()).await?;
        Ok(())
    }

    async fn consume(&self, events: usize) -> Result<(Instant, Instant)> {
        let (running, counter, done) = self.listen(events).await?;
        let last = done.await?;
        let first = counter.first.lock().expect("nobody panics").context("none came")?;
        running.drain().await?;
        Ok((first, last))
    }
}

impl Lymph {
    async fn listen(&self, events: usize) -> Result<(Running, Arc<Counter>, oneshot::Receiver<Instant>)> {
        let (sender, done) = oneshot::channel();
        let counter = Arc::new(Counter {
            first: Mutex::new(None),
            left: AtomicUsize::new(events),
            done: Mutex::new(Some(sender)),
        });
        let mut container =
            Container::from_config(&self.config).serve(IntakeServer::<Counter>::new(Arc::clone(&counter)));
        container.settings().event_concurrency = PREFETCH;
        container.settings().linger = std::time::Duration::ZERO;
        Ok((container.start().await?, counter, done))
    }
}
