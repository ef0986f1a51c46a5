//! Time and memory of this process.

use std::fs;
use std::time::Instant;

/// Time on the wall, and of processors: the latter is the one to compare on a busy machine.
pub struct Clock {
    wall: Instant,
    busy: f64,
}

impl Clock {
    /// From now on.
    #[must_use]
    pub fn start() -> Self {
        Self { wall: Instant::now(), busy: busy_seconds() }
    }

    /// Tells on standard error what has passed.
    pub fn report(&self, what: &str) {
        let (wall, busy) = (self.wall.elapsed().as_secs_f64(), busy_seconds() - self.busy);
        eprintln!("{wall:>8.2} s on the wall, {busy:>6.2} s of processors  {what}");
    }
}

/// Milliseconds that this thread has computed, as Linux tells it; other programs do not show in it.
#[must_use]
pub fn busy_millis() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|field| field.parse::<u64>().ok());
    nanos.unwrap_or(0) as f64 / 1e6
}

/// Seconds that this process and those it waited for have computed, as Linux tells it.
fn busy_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // From the third field on: utime, stime, cutime and cstime are the 14th to 17th, in hundredths.
    let ticks: u64 = fields.skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

/// The most that this process has held, as Linux tells it.
#[must_use]
pub fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "peak memory unknown".to_owned(), |peak| format!("at most {}", peak.trim()))
}
