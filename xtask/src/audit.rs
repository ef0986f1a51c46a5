//! `cargo xtask audit`: cargo-deny over all dependencies.

use anyhow::Result;

use crate::shell::{Line, line};
use crate::tools::{install, program};

/// Known to compile with the Rust we ask for. Newer ones may want a newer compiler.
const VERSION: &str = "0.20.2";

/// Runs cargo-deny with `deny.toml`; installs it under `target/tools` when it is not there.
///
/// # Errors
///
/// When a check fails. Advisories are checked only where their database can be fetched.
pub(crate) fn run() -> Result<()> {
    install("cargo-deny", VERSION)?;
    deny("check licenses bans sources").run()?;
    if let Err(error) = deny("fetch db").run() {
        eprintln!("warning: advisories were NOT checked, as their database is out of reach: {error}");
        return Ok(());
    }
    // What was fetched is there, so from here on only a finding fails.
    deny("--offline check advisories").run()
}

fn deny(words: &str) -> Line {
    line(&program("cargo-deny"), words)
}
