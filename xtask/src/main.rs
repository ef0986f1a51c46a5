//! Development tasks: `cargo xtask test` is what CI runs.

mod audit;
mod bench;
mod fuzz;
mod metadata;
mod setup;
mod shell;
mod steps;
mod test;
mod tools;

use std::process::ExitCode;

use clap::Parser;

/// Development tasks of lymph.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Installs what is missing and runs every check, as CI does.
    Test(test::Options),
    /// Installs what the tests need and stops there.
    Setup,
    /// Feeds arbitrary input to everything that reads what others wrote: schemas, and what peers say.
    Fuzz(fuzz::Options),
    /// Measures lymph beside others and writes docs/benchmarks.md.
    Bench(bench::Options),
    /// Checks licences, sources, duplicates and advisories of all dependencies.
    Audit,
}

fn main() -> ExitCode {
    let result = match Task::parse() {
        Task::Test(options) => test::run(&options),
        Task::Setup => setup::run(),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Audit => audit::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
