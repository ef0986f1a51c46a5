//! Measures lymph beside others that do the same, and writes what it found as JSON.
//!
//! `cargo xtask bench` builds and runs this, and makes `docs/benchmarks.md` of it. Client and server of a
//! subject are processes of their own: this program again, with other words.

mod args;
mod counted;
mod discovery;
mod events;
mod load;
mod payload;
mod process;
mod results;
mod rounds;
mod subject;
mod subjects;

use std::future::Future;

use anyhow::{Result, bail};
use clap::Parser;

use args::Command;

/// The same for all subjects: allocators differ by more than some of them do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Types, clients and servers of `schemas/bench.lymph`.
mod generated {
    lymph::include_schema!("bench");
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Run(plan) => block_on(1, run(plan)),
        Command::Serve { subject, threads } => {
            let subject = subject::find_own(&subject)?;
            block_on((subject.server_runtime)(threads), (subject.serve)(threads))
        }
        Command::Call(job) => block_on(1, async {
            let sample = (subject::find_own(&job.subject)?.call)(job).await?;
            print_json(&sample)
        }),
        Command::Count { scenario, calls } => block_on(1, counted::run(&scenario, calls)),
        Command::Scenarios => print_json(&counted::names()),
    }
}

/// Runs everything that `plan` asks for and prints the results.
async fn run(plan: args::Plan) -> Result<()> {
    let known = || subject::SUBJECTS.iter().map(|subject| subject.name).chain(["events", "discovery"]);
    if let Some(unknown) = plan.only.iter().find(|only| known().all(|name| name != *only)) {
        let known: Vec<_> = known().collect();
        bail!("nothing is called `{unknown}`; there is `{}`", known.join("`, `"));
    }
    let calls = rounds::run(&plan).await?;
    let events = events::run(&plan).await?;
    let discovery = discovery::run(&plan).await?;
    print_json(&results::Results { plan, calls, events, discovery })
}

/// On one thread, which is what a process of many has for each of its cores, or on several.
fn block_on<T>(threads: usize, future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    builder.enable_all().build()?.block_on(future)
}

fn print_json(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
