//! The arguments of `new`.

use std::path::PathBuf;

/// `new`.
#[derive(Debug, clap::Args)]
pub struct New {
    /// What the crate is called, as `address-book`; its schema's package is `address_book`
    pub name: String,
    /// Where to make it, rather than in a folder of its name
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Use the lymph of this checkout rather than the published one
    #[arg(long, value_name = "DIR")]
    pub lymph: Option<PathBuf>,
}
