//! The arguments of `lymph-idl lint`.

use super::{Output, Schemas};

/// `lint`.
#[derive(Debug, clap::Args)]
pub struct Lint {
    /// Which schemas.
    #[command(flatten)]
    pub schemas: Schemas,
    /// Repair what needs no human; what travels stays as it is
    #[arg(long)]
    pub fix: bool,
    /// Write nothing; show what would change
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// End with exit code 1 for warnings too
    #[arg(long)]
    pub strict: bool,
    /// Leave a rule out
    #[arg(long, value_name = "RULE")]
    pub allow: Vec<String>,
    /// Make a rule warn
    #[arg(long, value_name = "RULE")]
    pub warn: Vec<String>,
    /// Make findings of a rule errors
    #[arg(long, value_name = "RULE")]
    pub deny: Vec<String>,
    /// How to tell.
    #[command(flatten)]
    pub output: Output,
}
