//! `lymph request -N`: how long many calls take.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use lymph::{Call, CallError, NoErrors, Value};
use serde_json::json;
use tokio::task::JoinSet;

use super::args::Request;
use super::failure;
use crate::output::{Ended, Outcome, Terminal};

/// Shares of calls, in percent, whose times are shown.
const PERCENTILES: [f64; 9] = [0.0, 50.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9, 100.0];

/// How calls went.
struct Tally {
    /// Those that brought a result, the fastest first.
    times: Vec<Duration>,
    /// The others, by what was told of them.
    failed: BTreeMap<String, u64>,
    total: Duration,
}

/// Makes `args.number` calls, `args.concurrency` at once, after one that connects.
pub(super) async fn run<W: Write>(
    make: impl Fn() -> Call<Value, NoErrors>,
    args: &Request,
    terminal: &mut Terminal<W>,
) -> Ended {
    match make().await {
        Ok(_) | Err(CallError::Failed(_)) => {}
        Err(error) => return Err(failure::trouble(&error)),
    }
    let tally = measure(make, args).await;
    if terminal.wants_json() {
        write_json(&tally, terminal)?;
    } else {
        write_text(&tally, terminal)?;
    }
    Ok(if tally.failed.is_empty() { Outcome::Fine } else { Outcome::Found })
}

async fn measure(make: impl Fn() -> Call<Value, NoErrors>, args: &Request) -> Tally {
    let mut tally = Tally { times: Vec::new(), failed: BTreeMap::new(), total: Duration::ZERO };
    let mut under_way = JoinSet::new();
    let start = Instant::now();
    let mut left = args.number;
    while left > 0 || !under_way.is_empty() {
        while left > 0 && (under_way.len() as u64) < args.concurrency {
            left -= 1;
            let call = make();
            under_way.spawn(async move {
                let start = Instant::now();
                call.await.map(|_| start.elapsed())
            });
        }
        match under_way.join_next().await {
            Some(Ok(Ok(time))) => tally.times.push(time),
            Some(Ok(Err(error))) => *tally.failed.entry(error.to_string()).or_default() += 1,
            Some(Err(_)) | None => break,
        }
    }
    tally.total = start.elapsed();
    tally.times.sort();
    tally
}

impl Tally {
    fn calls(&self) -> u64 {
        self.times.len() as u64 + self.failed.values().sum::<u64>()
    }

    fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.total.as_secs_f64()
    }

    fn mean(&self) -> Duration {
        let sum: Duration = self.times.iter().sum();
        sum / u32::try_from(self.times.len().max(1)).unwrap_or(u32::MAX)
    }

    /// The time within which `percent` of the calls ended.
    fn percentile(&self, percent: f64) -> Option<Duration> {
        let last = self.times.len().checked_sub(1)?;
        let index = (percent / 100.0 * last as f64).floor() as usize;
        self.times.get(index).copied()
    }
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn write_json<W: Write>(tally: &Tally, terminal: &mut Terminal<W>) -> Result<(), crate::output::Trouble> {
    let percentiles: serde_json::Map<String, serde_json::Value> = PERCENTILES
        .iter()
        .filter_map(|percent| Some((percent.to_string(), millis(tally.percentile(*percent)?).into())))
        .collect();
    terminal.json(&json!({
        "calls": tally.calls(),
        "calls_per_second": tally.per_second(),
        "mean_millis": millis(tally.mean()),
        "total_millis": millis(tally.total),
        "percentiles_millis": percentiles,
        "failed": tally.failed,
    }))
}

fn write_text<W: Write>(tally: &Tally, terminal: &mut Terminal<W>) -> Result<(), crate::output::Trouble> {
    terminal.line(format_args!("calls        {:>10}", tally.calls()))?;
    terminal.line(format_args!("per second   {:>10.1}", tally.per_second()))?;
    terminal.line(format_args!("total        {:>10.1} ms", millis(tally.total)))?;
    terminal.line(format_args!("mean         {:>10.3} ms", millis(tally.mean())))?;
    for percent in PERCENTILES {
        if let Some(time) = tally.percentile(percent) {
            terminal.line(format_args!("{percent:>5.1} %      {:>10.3} ms", millis(time)))?;
        }
    }
    for (error, count) in &tally.failed {
        terminal.line(format_args!("failed       {count:>10} {error}"))?;
    }
    Ok(())
}
