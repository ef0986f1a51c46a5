//! The arguments of `accept`.

use super::diff::Sides;

/// `accept`.
#[derive(Debug, clap::Args)]
pub struct Accept {
    /// What the finding is known by: the 12 digits that `diff` tells
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,
    /// What is compared.
    #[command(flatten)]
    pub sides: Sides,
    /// Why it is meant
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who says so; without it whom git knows as the author
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// The last version of the package that it is for; the next release ends it anyway
    #[arg(long, value_name = "VERSION")]
    pub expires: Option<String>,
}
