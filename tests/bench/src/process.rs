//! What a process used so far, as Linux tells it.

use std::fs;

use anyhow::{Context, Result};

/// Time that all threads of a process had a processor for, and waited for one, in nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cpu {
    pub(crate) used: u64,
    pub(crate) waited: u64,
}

impl std::ops::Sub for Cpu {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            used: self.used.saturating_sub(before.used),
            waited: self.waited.saturating_sub(before.waited),
        }
    }
}

/// Until now, from `schedstat`, which counts nanoseconds where `stat` counts ticks of ten milliseconds.
pub(crate) fn cpu(pid: u32) -> Result<Cpu> {
    let tasks = format!("/proc/{pid}/task");
    let mut sum = Cpu::default();
    for task in fs::read_dir(&tasks).with_context(|| format!("cannot read {tasks}"))? {
        // A thread may end between the two reads; its time is lost, and small.
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        let mut numbers = text.split_whitespace().map(str::parse::<u64>);
        sum.used += numbers.next().context("schedstat is empty")??;
        sum.waited += numbers.next().context("schedstat is short")??;
    }
    Ok(sum)
}

/// The most memory a process had at once, in KiB.
pub(crate) fn peak_kib(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()).context("no VmHWM")?;
    Ok(number.parse()?)
}
