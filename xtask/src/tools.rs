//! Cargo's tools that a task needs, installed where `cargo clean` removes them.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{cargo, line, root};

/// Where tools are installed.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}

/// A tool's program.
pub(crate) fn program(tool: &str) -> String {
    tools().join("bin").join(tool).to_string_lossy().into_owned()
}

/// Installs a tool, unless this version of it is there.
///
/// # Errors
///
/// When it cannot be built.
pub(crate) fn install(tool: &str, version: &str) -> Result<()> {
    let wanted = format!("{tool} {version}");
    if line(&program(tool), "--version").read().is_ok_and(|found| found.trim() == wanted) {
        return Ok(());
    }
    eprintln!("installing {wanted} in {}, which takes some minutes", tools().display());
    cargo(&format!("install {tool} --version {version} --locked --force --root")).arg(tools()).run()
}
