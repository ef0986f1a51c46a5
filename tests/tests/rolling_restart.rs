//! Many callers of both kinds, while every instance is replaced: what was accepted is answered.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lymph::Container;
use lymph::config::Config;
use lymph::error::CallError;
use lymph_tests::generated::echo::v1::EchoClient;
use lymph_tests::{Cluster, PATIENCE, Peer, PythonEnv, RustEnv, eventually};
use serde_json::Value;
use tokio::task::JoinSet;

/// Callers of each kind.
const CLIENTS: usize = 40;

/// Right answers that callers of each kind get at least.
const ENOUGH: u64 = 2000;

/// Between two calls of one caller.
const PAUSE: Duration = Duration::from_millis(20);

/// How often each outcome was seen.
type Counts = BTreeMap<String, u64>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_accepted_call_is_lost() -> Result<()> {
    let (cluster, py, rust) = tokio::try_join!(Cluster::start(), PythonEnv::get(), RustEnv::get())?;
    let mut instances = Vec::new();
    for _ in 0..3 {
        instances.push(rust.instance("echo", &cluster).await?);
    }
    let mut python = start_python_callers(&py, &cluster)?;
    python.line("started", PATIENCE).await?;

    let caller = Container::from_config(&Config::from_str(&cluster.rust_config())?).start().await?;
    let (stop, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut callers = JoinSet::new();
    for number in 0..CLIENTS {
        callers.spawn(call_until(stop.clone(), calls.clone(), EchoClient::new(&caller), number));
    }

    let mut answered = 0;
    for instance in &mut instances {
        let mut old = std::mem::replace(instance, rust.instance("echo", &cluster).await?);
        answered += stop_and_count(&mut old).await?;
    }
    eventually(PATIENCE, async || {
        let calls = calls.load(Ordering::Relaxed);
        ensure!(calls > ENOUGH, "{calls} calls");
        Ok(())
    })
    .await?;
    python.line(&format!("{ENOUGH} right"), PATIENCE).await?;
    stop.store(true, Ordering::Relaxed);
    python.signal("TERM")?;
    let ours = sum(callers.join_all().await);
    let theirs = python.output(PATIENCE).await?;
    let theirs: Value = serde_json::from_str(theirs.success()?.lines().last().context("no counts")?)?;
    caller.drain().await?;
    for instance in &mut instances {
        answered += stop_and_count(instance).await?;
    }
    report(answered, &ours, &theirs);

    let right = ours.get("right").copied().unwrap_or_default();
    let theirs_right = theirs["right"].as_u64().unwrap_or_default();
    ensure!(ours.len() == 1, "calls of Rust clients went wrong");
    ensure!(answered == right + theirs_right, "an answer was lost: {answered} were given");
    for outcome in ["wrong", "nack", "error", "not_connected", "not_found"] {
        ensure!(theirs[outcome] == 0, "calls of Python clients went wrong");
    }
    // Python loses what it sends while it connects to a new instance: no server ever saw those.
    let unheard = theirs["timeout"].as_u64().unwrap_or_default();
    ensure!(unheard * 100 < theirs_right, "more than Python's own losses");
    Ok(())
}

fn start_python_callers(py: &PythonEnv, cluster: &Cluster) -> Result<Peer> {
    let clients = format!("--clients={CLIENTS}");
    let pause = format!("--pause={}", PAUSE.as_secs_f64());
    let args = ["echo.upper@1.5", "text", "--expect={1}", &clients, &pause];
    py.start_script(cluster, "clients.py", &args)
}

/// Calls one after another, each with text that nobody else sends.
async fn call_until(stop: Arc<AtomicBool>, calls: Arc<AtomicU64>, echo: EchoClient, number: usize) -> Counts {
    let mut counts = Counts::new();
    for call in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let text = format!("client {number} call {call}");
        let outcome = match echo.upper(&text).await {
            Ok(answer) if answer == text.to_uppercase() => "right".to_owned(),
            Ok(_) => "wrong".to_owned(),
            Err(CallError::NotSent(reason)) => format!("not sent: {reason}"),
            Err(CallError::Rejected(reason)) => format!("rejected: {reason}"),
            Err(error) => error.to_string(),
        };
        *counts.entry(outcome).or_default() += 1;
        calls.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }
    counts
}

/// Ends an instance in order; returns how many calls it had answered.
async fn stop_and_count(instance: &mut Peer) -> Result<u64> {
    let code = instance.stop().await?;
    let log = instance.stderr();
    ensure!(code == 0, "an instance ended with {code} in place of draining\n{log}");
    let line = log.lines().rfind(|line| line.contains(": stopped ")).context("it does not say so")?;
    let (_, rest) = line.split_once("answered=").context("no count")?;
    Ok(rest.split_whitespace().next().context("no number")?.parse()?)
}

fn sum(all: Vec<Counts>) -> Counts {
    let mut total = Counts::new();
    for (outcome, count) in all.into_iter().flatten() {
        *total.entry(outcome).or_default() += count;
    }
    total
}

/// Part of the test's worth: what was counted.
#[allow(clippy::print_stdout, reason = "the counts are for people")]
fn report(answered: u64, ours: &Counts, theirs: &Value) {
    println!("3 instances replaced under {CLIENTS} Rust and {CLIENTS} Python callers");
    println!("  servers answered {answered}");
    println!("  Rust callers:   {ours:?}");
    println!("  Python callers: {theirs}");
}
