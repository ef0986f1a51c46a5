//! Events through a real RabbitMQ: what lymph adds to `lapin` costs this much.

mod lapin;
mod lymph;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use lymph_tests::RabbitMq;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::args::Plan;
use crate::process::cpu;

/// Events that wait for their confirmation at once.
const WINDOWS: [usize; 3] = [1, 100, 1000];

/// Deliveries that wait for their acknowledgement at once.
pub(crate) const PREFETCH: u16 = 100;

/// One way of using a broker.
trait Bus: Send + Sync + Sized + 'static {
    const NAME: &'static str;

    /// Connects, with a durable queue that each event goes to.
    async fn connect(url: &str) -> Result<Self>;

    /// Publishes one event that survives a restart of the broker; returns when the broker has it.
    fn emit(&self) -> impl Future<Output = Result<()>> + Send;

    /// Takes so many events out of the queue and acknowledges each; returns when the first and the last came.
    async fn consume(&self, events: usize) -> Result<(Instant, Instant)>;
}

/// One row of the page, once.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EventSample {
    pub(crate) subject: &'static str,
    /// `emit` with so many under way, or `consume`.
    pub(crate) work: &'static str,
    pub(crate) in_flight: usize,
    pub(crate) per_second: f64,
    /// CPU time of our process for one event; the broker's is not in it.
    pub(crate) micros: f64,
}

/// Both, in turns, on one broker.
pub(crate) async fn run(plan: &Plan) -> Result<Vec<EventSample>> {
    if !plan.wants("events") {
        return Ok(Vec::new());
    }
    let broker = RabbitMq::start().await?;
    let url = broker.url();
    let mut samples = Vec::new();
    for round in 0..plan.rounds {
        if round % 2 == 0 {
            measure::<lymph::Lymph>(plan, &url, &mut samples).await?;
            measure::<lapin::Lapin>(plan, &url, &mut samples).await?;
        } else {
            measure::<lapin::Lapin>(plan, &url, &mut samples).await?;
            measure::<lymph::Lymph>(plan, &url, &mut samples).await?;
        }
    }
    Ok(samples)
}

async fn measure<B: Bus>(plan: &Plan, url: &str, samples: &mut Vec<EventSample>) -> Result<()> {
    let own = std::process::id();
    let bus = Arc::new(B::connect(url).await?);
    let mut line = format!("events, {}", B::NAME);
    for window in WINDOWS {
        let before = cpu(own)?;
        let (emitted, took) = emit_for(&bus, window, plan.sample()).await?;
        let sample = EventSample {
            subject: B::NAME,
            work: "emit",
            in_flight: window,
            per_second: emitted as f64 / took.as_secs_f64(),
            micros: (cpu(own)? - before).used as f64 / 1e3 / emitted as f64,
        };
        line += &format!(" | emit x{window} {:.0}/s", sample.per_second);
        samples.push(sample);
        let before = cpu(own)?;
        let (first, last) = bus.consume(emitted).await?;
        // What the largest window left behind is enough to tell how fast it can be consumed.
        if window == WINDOWS[WINDOWS.len() - 1] {
            let sample = EventSample {
                subject: B::NAME,
                work: "consume",
                in_flight: PREFETCH.into(),
                per_second: (emitted - 1) as f64 / (last - first).as_secs_f64(),
                micros: (cpu(own)? - before).used as f64 / 1e3 / emitted as f64,
            };
            line += &format!(" | consume {:.0}/s", sample.per_second);
            samples.push(sample);
        }
    }
    eprintln!("{line}");
    Ok(())
}

/// Emits with so many under way for a while; returns how many were confirmed, and in what time.
async fn emit_for<B: Bus>(bus: &Arc<B>, window: usize, time: Duration) -> Result<(usize, Duration)> {
    let stopped = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let mut emitters = JoinSet::new();
    for _ in 0..window {
        let (bus, stopped) = (Arc::clone(bus), Arc::clone(&stopped));
        emitters.spawn(async move {
            let mut emitted = 0;
            while !stopped.load(Ordering::Relaxed) {
                bus.emit().await?;
                emitted += 1;
            }
            anyhow::Ok(emitted)
        });
    }
    tokio::time::sleep(time).await;
    stopped.store(true, Ordering::Relaxed);
    let mut emitted = 0;
    while let Some(ended) = emitters.join_next().await {
        emitted += ended??;
    }
    Ok((emitted, began.elapsed()))
}
