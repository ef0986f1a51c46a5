//! `cargo xtask audit`: cargo-deny over all dependencies.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{Line, cargo, line, root};

/// Known to compile with the Rust we ask for. Newer ones may want a newer compiler.
const VERSION: &str = "0.20.2";

/// Runs cargo-deny with `deny.toml`; installs it under `target/tools` when it is not there.
///
/// # Errors
///
/// When a check fails. Advisories are checked only where their database can be fetched.
pub(crate) fn run() -> Result<()> {
    install()?;
    deny("check licenses bans sources").run()?;
    if let Err(error) = deny("fetch db").run() {
        eprintln!("warning: advisories were NOT checked, as their database is out of reach: {error}");
        return Ok(());
    }
    deny("check --disable-fetch advisories").run()
}

fn install() -> Result<()> {
    let wanted = format!("cargo-deny {VERSION}");
    if deny("--version").read().is_ok_and(|found| found.trim() == wanted) {
        return Ok(());
    }
    eprintln!("installing {wanted} in {}, which takes some minutes", tools().display());
    let install = format!("install cargo-deny --version {VERSION} --locked --force --root");
    cargo(&install).arg(tools()).run()
}

fn deny(words: &str) -> Line {
    line(&tools().join("bin/cargo-deny").to_string_lossy(), words)
}

/// Beside everything else that `cargo clean` removes.
fn tools() -> PathBuf {
    root().join("target/tools")
}
