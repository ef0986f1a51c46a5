//! The arguments of `lymph-idl`.

mod accept;
mod catalog;
mod diff;
mod fmt;
mod lint;
mod model;
mod new;
mod output;
mod release;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::manual::{Completions, Manual};
use crate::output::Color;
pub use accept::Accept;
pub use catalog::{Explain, Rules};
pub use diff::{Diff, Sides};
pub use fmt::Fmt;
pub use lint::Lint;
pub use model::{Document, Json, JsonSchema};
pub use new::New;
pub use output::{Format, Output};
pub use release::Release;

/// Works on .lymph schemas.
#[derive(Debug, Parser)]
#[command(name = "lymph-idl", version, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 fine, 1 something was found, 2 could not do it.")]
pub struct Args {
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", value_parser = Color::parser())]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// Whether programs read the output.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        match &self.command {
            Command::Check(check) => check.output.format() == Format::Json,
            Command::Lint(lint) => lint.output.format() == Format::Json,
            Command::Rules(rules) => rules.json,
            _ => false,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tells every mistake in schemas
    #[command(after_help = "Examples:\n  lymph-idl check schemas\n  lymph-idl check --history schemas")]
    Check(Check),
    /// Gives schemas the one layout, comments kept
    #[command(after_help = "Examples:\n  lymph-idl fmt\n  lymph-idl fmt --check --diff schemas\n  \
                            lymph-idl fmt - < greeting.lymph")]
    Fmt(Fmt),
    /// Tells what is right and will still trouble somebody
    #[command(after_help = "Examples:\n  lymph-idl lint schemas\n  \
                            lymph-idl lint --fix --dry-run schemas/greeting.lymph\n\n\
                            A finding that is meant to stay is kept with `@lint.allow(\"rule\", \"why\")`.")]
    Lint(Lint),
    /// Says whom a change of schemas hurts, in which order to roll it out, and which version it needs
    #[command(after_help = diff::HELP)]
    Diff(Diff),
    /// Explains a rule or an error
    #[command(after_help = "Example:\n  lymph-idl explain import-unused")]
    Explain(Explain),
    /// Lists every rule
    Rules(Rules),
    /// Says that something that diff finds is meant
    #[command(after_help = "Example:\n  lymph-idl accept 3f9c21b9d04e --reason 'it is unused' --by maria")]
    Accept(Accept),
    /// Gives what is new its version, and writes down what goes out
    #[command(after_help = "Example:\n  lymph-idl release 1.5.0 schemas/maps/geo.lymph")]
    Release(Release),
    /// Generates code or JSON from schemas
    #[command(after_help = "Example:\n  lymph-idl gen rust --out src/generated schemas/greeting.lymph")]
    Gen(Gen),
    /// Shows the JSON Schema of what this writes for programs
    #[command(after_help = "Example:\n  lymph-idl schema model")]
    Schema(JsonSchema),
    /// Makes a schema, and a crate that serves it
    #[command(after_help = "Example:\n  lymph-idl new address-book")]
    New(New),
    /// Writes what a shell needs to complete arguments
    #[command(
        after_help = "Example:\n  lymph-idl completions bash > ~/.local/share/bash-completion/completions/lymph-idl"
    )]
    Completions(Completions),
    /// Writes manual pages
    #[command(after_help = "Example:\n  lymph-idl man --out ~/.local/share/man/man1")]
    Man(Manual),
    /// Helps editors: a language server over stdin and stdout
    #[command(after_help = "Editors start it themselves; docs/editors.md says how they are told.")]
    Lsp(Lsp),
}

/// Which schemas.
#[derive(Debug, clap::Args)]
pub struct Schemas {
    /// Schemas, or folders that hold some; without any those of lymph.toml, else all below the current folder
    #[arg(value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Folders in which imports are looked up first
    #[arg(long = "include", short = 'I', value_name = "DIR")]
    pub include: Vec<PathBuf>,
    /// Settings; without it the nearest lymph.toml in the schema's folder or above
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Which schemas.
    #[command(flatten)]
    pub schemas: Schemas,
    /// Also compare each version of a schema, as its `@since` tell them, with every later one
    #[arg(long)]
    pub history: bool,
    /// How to tell.
    #[command(flatten)]
    pub output: Output,
}

/// `lsp`.
#[derive(Debug, clap::Args)]
pub struct Lsp {
    /// Speak over stdin and stdout, as without it; some editors insist on saying so
    #[arg(long)]
    pub stdio: bool,
}

/// `gen`.
#[derive(Debug, clap::Args)]
pub struct Gen {
    /// Into which language.
    #[command(subcommand)]
    pub language: Language,
}

/// Into which language.
#[derive(Debug, Subcommand)]
pub enum Language {
    /// Generates Rust: one file for each interface, or one for everything
    #[command(after_help = "Examples:\n  lymph-idl gen rust --out src/generated schemas\n  \
                            lymph-idl gen rust --emit src/greeting.rs --check schemas/greeting.lymph")]
    Rust(Rust),
    /// Writes the resolved model as JSON, with its sources
    #[command(after_help = "Examples:\n  lymph-idl gen json schemas\n  \
                            lymph-idl gen json --out model.json --check schemas")]
    Json(Json),
}

/// `gen rust`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("target").required(true)))]
pub struct Rust {
    /// Which schemas.
    #[command(flatten)]
    pub schemas: Schemas,
    /// Write files below this folder
    #[arg(long, value_name = "DIR", group = "target")]
    pub out: Option<PathBuf>,
    /// Write everything into this file, to be checked in
    #[arg(long, value_name = "FILE", group = "target")]
    pub emit: Option<PathBuf>,
    /// Write nothing; tell which files are out of date
    #[arg(long)]
    pub check: bool,
    /// Leave the callers' side out
    #[arg(long)]
    pub no_clients: bool,
    /// Leave the servers' side out
    #[arg(long)]
    pub no_servers: bool,
    /// Give trait methods a body that fails, so that a new method breaks no implementation
    #[arg(long)]
    pub default_stubs: bool,
}
