//! `lymph-idl`: work on schemas, without a cluster.

pub mod args;
mod catalog;
mod check;
mod declared;
mod diff;
mod difference;
mod explain;
mod files;
mod fmt;
mod generate;
mod json;
mod lint;
mod lsp;
pub mod model_json;
mod new;
mod notice;
mod release;
mod released;
mod replace;
mod rules;
mod tolerance;

use std::io::Write;

use clap::CommandFactory;

use crate::output::{Ended, Terminal};

use args::{Args, Command};

/// Runs the command that `args` ask for.
///
/// # Errors
///
/// [`Trouble`](crate::output::Trouble) when the command could not do its work.
pub fn run<W: Write>(args: &Args, terminal: &mut Terminal<W>) -> Ended {
    match &args.command {
        Command::Check(check) => check::run(check, terminal),
        Command::Fmt(fmt) => fmt::run(fmt, terminal),
        Command::Lint(lint) => lint::run(lint, terminal),
        Command::Diff(diff) => diff::run(diff, terminal),
        Command::Explain(explain) => explain::run(explain, terminal),
        Command::Rules(_) => rules::run(terminal),
        Command::Accept(accept) => diff::accept(accept, terminal),
        Command::Release(release) => release::run(release, terminal),
        Command::Lsp(_) => Ok(lsp::run()),
        Command::Gen(generate) => match &generate.language {
            args::Language::Rust(rust) => generate::run(rust, terminal),
            args::Language::Json(json) => json::run(json, terminal),
        },
        Command::Schema(schema) => json::schema(schema, terminal),
        Command::New(new) => new::run(new, terminal),
        Command::Completions(completions) => completions.run(Args::command(), terminal),
        Command::Man(manual) => manual.run(Args::command(), terminal),
    }
}
