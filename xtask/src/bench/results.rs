//! What `lymph-bench run` prints, and medians of it.

use serde::{Deserialize, Serialize};

use super::machine::Machine;

/// All that a page is made of.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    pub(super) results: Results,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Results {
    pub(super) plan: Plan,
    pub(super) calls: Vec<Cell>,
    pub(super) events: Vec<EventSample>,
    pub(super) discovery: Option<Discovery>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) rounds: usize,
    pub(super) sample_millis: u64,
    pub(super) warm_up_millis: u64,
    pub(super) in_flight: Vec<usize>,
}

/// One subject under one load.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) subject: String,
    pub(super) payload: String,
    pub(super) in_flight: usize,
    pub(super) threads: usize,
    pub(super) samples: Vec<Sample>,
    pub(super) failures: Vec<String>,
}

/// One round of a [`Cell`], or the median of all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sample {
    pub(super) calls_per_second: f64,
    pub(super) p50_micros: f64,
    pub(super) p99_micros: f64,
    pub(super) p999_micros: f64,
    pub(super) client_micros: f64,
    pub(super) server_micros: f64,
    pub(super) waited: f64,
    pub(super) client_kib: f64,
    pub(super) server_kib: f64,
}

impl Sample {
    /// CPU time of both ends.
    pub(super) fn micros(&self) -> f64 {
        self.client_micros + self.server_micros
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EventSample {
    pub(super) subject: String,
    pub(super) work: String,
    pub(super) in_flight: usize,
    pub(super) per_second: f64,
    pub(super) micros: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Discovery {
    pub(super) callers: usize,
    pub(super) instances: usize,
    pub(super) requests_per_lookup: f64,
    pub(super) requests_per_instance: f64,
    pub(super) requests_per_departure: f64,
    pub(super) known_after_millis: f64,
    pub(super) idle_per_second: f64,
}

impl Cell {
    /// The median of each number on its own, over the rounds that were disturbed least; `None` when none
    /// succeeded.
    ///
    /// Where other work takes the cores away, most rounds say more about that than about the subject.
    pub(super) fn median(&self) -> Option<Sample> {
        let mut rounds: Vec<_> = self.samples.iter().collect();
        rounds.sort_by(|left, right| left.waited.total_cmp(&right.waited));
        rounds.truncate(counted(rounds.len()));
        let of = |number: fn(&Sample) -> f64| median(rounds.iter().map(|sample| number(sample)));
        Some(Sample {
            calls_per_second: of(|sample| sample.calls_per_second)?,
            p50_micros: of(|sample| sample.p50_micros)?,
            p99_micros: of(|sample| sample.p99_micros)?,
            p999_micros: of(|sample| sample.p999_micros)?,
            client_micros: of(|sample| sample.client_micros)?,
            server_micros: of(|sample| sample.server_micros)?,
            waited: of(|sample| sample.waited)?,
            client_kib: of(|sample| sample.client_kib)?,
            server_kib: of(|sample| sample.server_kib)?,
        })
    }

    /// Calls per second of the slowest and of the fastest round.
    pub(super) fn range(&self) -> (f64, f64) {
        let rates = || self.samples.iter().map(|sample| sample.calls_per_second);
        (rates().fold(f64::INFINITY, f64::min), rates().fold(0.0, f64::max))
    }
}

impl Results {
    /// The cell of `subject` under the load of `cell`.
    pub(super) fn beside(&self, cell: &Cell, subject: &str) -> Option<&Cell> {
        let load = |cell: &Cell| (cell.payload.clone(), cell.in_flight, cell.threads);
        self.calls.iter().find(|other| other.subject == subject && load(other) == load(cell))
    }

    /// Which part of its time a process of ours waited for a processor that others had: the median of all samples.
    pub(super) fn waited(&self) -> Option<f64> {
        median(self.calls.iter().flat_map(|cell| &cell.samples).map(|sample| sample.waited))
    }

    /// Medians of events per second and of CPU time per event.
    pub(super) fn event(&self, subject: &str, work: &str, in_flight: usize) -> Option<(f64, f64)> {
        let samples = || {
            let all = self.events.iter().filter(move |sample| sample.subject == subject);
            all.filter(move |sample| sample.work == work && sample.in_flight == in_flight)
        };
        let rate = median(samples().map(|sample| sample.per_second))?;
        Some((rate, median(samples().map(|sample| sample.micros))?))
    }
}

/// How many of so many rounds count.
pub(super) fn counted(rounds: usize) -> usize {
    rounds.div_ceil(2)
}

/// The middle value, or the mean of the two in the middle.
pub(super) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        length if length % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}
