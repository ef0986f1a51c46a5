//! Where it was measured, in general words.

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::program;

/// What numbers depend on besides the code.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Machine {
    /// `21 November 2026`
    pub(super) date: String,
    pub(super) cores: usize,
    pub(super) cpu: String,
    /// As `uname -sr` has it, without what a distribution adds to the version.
    pub(super) kernel: String,
    pub(super) rustc: String,
}

impl Machine {
    /// The one we run on, today.
    pub(super) fn this() -> Result<Self> {
        let read = |name, words| program(name, words).read().map(|text| text.trim().to_owned());
        let cpus = fs::read_to_string("/proc/cpuinfo").context("cannot read /proc/cpuinfo")?;
        let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let kernel = read("uname", "-sr")?;
        let rustc = read("rustc", "--version")?;
        Ok(Self {
            date: program("date", "").arg("+%-d %B %Y").env("LC_ALL", "C").read()?.trim().to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            cpu: cpu.map_or("unknown", |(_, name)| name.trim()).to_owned(),
            kernel: kernel.split('-').next().unwrap_or_default().to_owned(),
            rustc: rustc.split_whitespace().take(2).collect::<Vec<_>>().join(" "),
        })
    }
}
