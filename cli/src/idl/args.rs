//! The arguments of `lymph-idl`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::output::Color;

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
            Command::Check(check) => check.json,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tells every mistake in schemas
    #[command(after_help = "Example:\n  lymph-idl check schemas")]
    Check(Check),
}

/// Which schemas.
#[derive(Debug, clap::Args)]
pub struct Schemas {
    /// Schemas, or folders that hold some
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Folders in which imports are looked up first
    #[arg(long = "include", short = 'I', value_name = "DIR")]
    pub include: Vec<PathBuf>,
}

/// `check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Which schemas.
    #[command(flatten)]
    pub schemas: Schemas,
    /// Write one JSON object for each mistake
    #[arg(long)]
    pub json: bool,
}
