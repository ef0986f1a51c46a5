//! One client that keeps a number of calls under way, and what they took.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::args::Job;
use crate::process::{cpu, peak_kib};
use crate::results::Sample;
use crate::subject::Rpc;

/// Phases of a run.
const WARM_UP: u8 = 0;
const MEASURE: u8 = 1;
const STOP: u8 = 2;

/// A call that takes longer counts as one that takes this.
const LONGEST: Duration = Duration::from_secs(10);

/// What callers share.
struct Shared<R> {
    client: R,
    phase: AtomicU8,
    /// Durations in nanoseconds. Callers of one thread never wait for it.
    took: Mutex<Histogram<u64>>,
}

/// Connects, makes calls for the warm-up, and then for as long as the sample takes.
///
/// # Errors
///
/// When any call fails or is answered wrongly.
pub(crate) async fn run<R: Rpc>(job: Job) -> Result<Sample> {
    let shared = Arc::new(Shared {
        client: R::connect(job.address, job.payload).await?,
        phase: AtomicU8::new(WARM_UP),
        took: Mutex::new(Histogram::new_with_bounds(1, LONGEST.as_nanos().try_into()?, 3)?),
    });
    let mut callers = JoinSet::new();
    for _ in 0..job.in_flight {
        callers.spawn(call_on(Arc::clone(&shared)));
    }
    let client = std::process::id();
    let measured = async {
        sleep(Duration::from_millis(job.warm_up_millis)).await;
        shared.phase.store(MEASURE, Ordering::Relaxed);
        let before = (cpu(client)?, cpu(job.server)?);
        let began = Instant::now();
        sleep(Duration::from_millis(job.sample_millis)).await;
        shared.phase.store(STOP, Ordering::Relaxed);
        let took = began.elapsed();
        anyhow::Ok((took, cpu(client)? - before.0, cpu(job.server)? - before.1))
    };
    let (took, of_client, of_server) = tokio::select! {
        measured = measured => measured?,
        // They go on until they are stopped, unless a call fails.
        Some(ended) = callers.join_next() => {
            ended??;
            anyhow::bail!("a caller stopped early");
        }
    };
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    let histogram = shared.took.lock().expect("no caller panics");
    let calls = histogram.len();
    ensure!(calls > 0, "no call ended in {took:?}");
    let micros = |nanos: u64| nanos as f64 / 1e3;
    Ok(Sample {
        calls_per_second: calls as f64 / took.as_secs_f64(),
        p50_micros: micros(histogram.value_at_quantile(0.5)),
        p99_micros: micros(histogram.value_at_quantile(0.99)),
        p999_micros: micros(histogram.value_at_quantile(0.999)),
        client_micros: micros(of_client.used) / calls as f64,
        server_micros: micros(of_server.used) / calls as f64,
        waited: (of_client.waited + of_server.waited) as f64 / 2.0 / took.as_nanos() as f64,
        client_kib: peak_kib(client)?,
        server_kib: peak_kib(job.server)?,
    })
}

/// Calls again and again; a call counts when it ends while it is measured.
async fn call_on<R: Rpc>(shared: Arc<Shared<R>>) -> Result<()> {
    let mut began = Instant::now();
    loop {
        shared.client.call().await.context("a call failed")?;
        let ended = Instant::now();
        match shared.phase.load(Ordering::Relaxed) {
            WARM_UP => {}
            MEASURE => {
                let nanos = (ended - began).as_nanos() as u64;
                shared.took.lock().expect("no caller panics").saturating_record(nanos);
            }
            _ => return Ok(()),
        }
        began = ended;
    }
}
