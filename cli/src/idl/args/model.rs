//! The arguments of `gen json` and `schema`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::Schemas;

/// `gen json`.
#[derive(Debug, clap::Args)]
pub struct Json {
    /// Which schemas.
    #[command(flatten)]
    pub schemas: Schemas,
    /// Write to this file rather than to standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write nothing; tell whether the file is out of date
    #[arg(long, requires = "out")]
    pub check: bool,
}

/// `schema`.
#[derive(Debug, clap::Args)]
pub struct JsonSchema {
    /// Which document
    #[arg(value_name = "DOCUMENT")]
    pub document: Document,
}

/// JSON that programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// What `gen json` writes
    Model,
    /// What `diff --json` writes
    Diff,
}
