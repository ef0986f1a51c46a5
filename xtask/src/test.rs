//! `cargo xtask test`: runs the steps, times them, and says what is to be done.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::steps::{STEPS, Step};

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Runs this step alone; may be repeated.
    #[arg(long, value_name = "STEP", value_parser = names())]
    only: Vec<String>,
    /// Leaves this step out; may be repeated.
    #[arg(long, value_name = "STEP", value_parser = names())]
    skip: Vec<String>,
    /// Lists the steps and runs none.
    #[arg(long)]
    list: bool,
    /// Runs the steps after a failed one as well.
    #[arg(long)]
    keep_going: bool,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(STEPS.iter().map(|step| step.name))
}

/// How one step ended.
enum Outcome {
    /// With a line for the summary.
    Passed(String),
    Failed(anyhow::Error),
    /// The user left it out.
    Skipped,
    /// An earlier one failed.
    NotReached,
}

/// Runs the chosen steps in order and prints a table of how they ended.
///
/// # Errors
///
/// When a step failed; repeats the first failure and the command that runs its step alone.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.list {
        for step in STEPS {
            eprintln!("{:12}{}", step.name, step.about);
        }
        return Ok(());
    }
    let start = Instant::now();
    let mut failed = false;
    let mut results = Vec::new();
    for (index, step) in STEPS.iter().enumerate() {
        let chosen = |names: &[String]| names.iter().any(|name| name == step.name);
        let (outcome, time) = if chosen(&options.skip) || !(options.only.is_empty() || chosen(&options.only))
        {
            (Outcome::Skipped, Duration::ZERO)
        } else if failed && !options.keep_going {
            (Outcome::NotReached, Duration::ZERO)
        } else {
            eprintln!("\n==> [{}/{}] {}: {}", index + 1, STEPS.len(), step.name, step.about);
            run_one(step)
        };
        failed |= matches!(outcome, Outcome::Failed(_));
        results.push((step, outcome, time));
    }
    summarize(&results, start.elapsed())
}

fn run_one(step: &Step) -> (Outcome, Duration) {
    let start = Instant::now();
    let result = (step.run)();
    let time = start.elapsed();
    let outcome = match result {
        Ok(line) => Outcome::Passed(line),
        Err(error) => {
            eprintln!("==> {} failed: {error:#}", step.name);
            Outcome::Failed(error)
        }
    };
    (outcome, time)
}

fn summarize(results: &[(&Step, Outcome, Duration)], total: Duration) -> Result<()> {
    eprintln!();
    for (step, outcome, time) in results {
        let (word, line) = match outcome {
            Outcome::Passed(line) => ("ok", line.as_str()),
            Outcome::Failed(_) => ("FAILED", ""),
            Outcome::Skipped => ("skipped", "left out by --only or --skip"),
            Outcome::NotReached => ("not run", "an earlier step failed"),
        };
        let row = format!("{:12}{word:9}{:>8}  {line}", step.name, seconds(*time));
        eprintln!("{}", row.trim_end());
    }
    eprintln!("{:21}{:>8}\n", "total", seconds(total));
    for (step, outcome, _) in results {
        if let Outcome::Failed(error) = outcome {
            let again = format!("cargo xtask test --only {}", step.name);
            bail!("{}: {error:#}\nto run this step again: {again}", step.name);
        }
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    if time.is_zero() { String::new() } else { format!("{:.1} s", time.as_secs_f64()) }
}
