//! A Node.js that finds the packages of the VS Code extension.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{folder, root};

/// What tells which packages there must be.
const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// Node.js with the packages that `vscode/package-lock.json` lists. All test processes share one installation,
/// which `cargo clean` removes.
#[derive(Debug, Clone)]
pub struct Node {
    modules: PathBuf,
}

impl Node {
    /// Installs the packages when they are not there or out of date, which takes some seconds.
    ///
    /// # Errors
    ///
    /// When Node.js or npm is missing, or a package cannot be installed.
    pub fn get() -> Result<Self> {
        let home = root().join("target/vscode");
        fs::create_dir_all(&home)?;
        // Processes and threads wait here for whoever came first.
        let lock = File::create(home.join("lock"))?;
        lock.lock()?;
        let mut wanted = Vec::new();
        for file in FILES {
            wanted
                .extend(fs::read(folder().join("vscode").join(file)).with_context(|| format!("no {file}"))?);
        }
        let stamp = home.join("stamp");
        if fs::read(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(Self { modules: home.join("node_modules") });
        }
        for file in FILES {
            fs::copy(folder().join("vscode").join(file), home.join(file))?;
        }
        let mut npm = Command::new("npm");
        npm.current_dir(&home).env("npm_config_cache", home.join("cache"));
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let output = npm.output().context("npm does not run; `cargo xtask setup` installs it")?;
        ensure!(output.status.success(), "`npm ci` failed:\n{}", String::from_utf8_lossy(&output.stderr));
        fs::write(stamp, wanted)?;
        Ok(Self { modules: home.join("node_modules") })
    }

    /// `node`, to be given a script.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new("node");
        command.env("NODE_PATH", &self.modules);
        command
    }
}
