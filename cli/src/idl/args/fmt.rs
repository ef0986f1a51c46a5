//! The arguments of `fmt`.

use std::path::PathBuf;

/// `fmt`.
#[derive(Debug, clap::Args)]
pub struct Fmt {
    /// Schemas, or folders that hold some; without any those of lymph.toml, else all below the current folder; `-` reads
    /// standard input and writes standard output
    #[arg(value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; tell which files have another layout
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    pub diff: bool,
    /// What messages call standard input
    #[arg(long, value_name = "FILE", default_value = "stdin")]
    pub stdin_path: PathBuf,
}
