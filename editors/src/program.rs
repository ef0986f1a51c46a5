//! The programs of this workspace.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::root;

/// Path of a binary of `lymph-cli`, built with the profile of the tests where that is needed.
///
/// # Errors
///
/// When it does not compile.
pub fn program(name: &str) -> Result<PathBuf> {
    // Tests are at target/PROFILE/deps/NAME-HASH.
    let own = std::env::current_exe()?;
    let programs = own.ancestors().nth(2).context("tests run from the target folder")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(["build", "--quiet", "--package", "lymph-cli", "--bin", name]);
    command.arg("--target-dir").arg(programs.parent().context("a profile has a parent")?);
    ensure!(command.status()?.success(), "`{command:?}` failed");
    Ok(programs.join(name))
}
