//! The arguments of `release`.

use super::Schemas;

/// `release`.
#[derive(Debug, clap::Args)]
pub struct Release {
    /// The version that goes out, as MAJOR.MINOR.PATCH
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Which schemas.
    #[command(flatten)]
    pub schemas: Schemas,
    /// Which package, where the schemas are of several
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// Write nothing; tell what would be done
    #[arg(long)]
    pub dry_run: bool,
}
