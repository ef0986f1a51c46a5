//! What was measured, as `xtask` reads it.

use serde::{Deserialize, Serialize};

use crate::args::Plan;
use crate::discovery::Discovery;
use crate::events::EventSample;
use crate::payload::Payload;

/// All of one run.
#[derive(Debug, Serialize)]
pub(crate) struct Results {
    pub(crate) plan: Plan,
    pub(crate) calls: Vec<Cell>,
    pub(crate) events: Vec<EventSample>,
    /// `None` when `--only` left it out.
    pub(crate) discovery: Option<Discovery>,
}

/// One subject under one load, in all rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) subject: String,
    pub(crate) payload: Payload,
    pub(crate) in_flight: usize,
    /// Of each runtime.
    pub(crate) threads: usize,
    pub(crate) samples: Vec<Sample>,
    /// Why samples are missing.
    pub(crate) failures: Vec<String>,
}

impl Cell {
    /// Whether both are the same subject under the same load.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        let load = |cell: &Self| (cell.payload, cell.in_flight, cell.threads);
        self.subject == other.subject && load(self) == load(other)
    }
}

/// One subject under one load, once. `peer.py` prints the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sample {
    pub(crate) calls_per_second: f64,
    pub(crate) p50_micros: f64,
    pub(crate) p99_micros: f64,
    pub(crate) p999_micros: f64,
    /// CPU time of one call.
    pub(crate) client_micros: f64,
    pub(crate) server_micros: f64,
    /// Which part of the time the two processes waited for a processor that others had.
    pub(crate) waited: f64,
    /// The most memory since the process began.
    pub(crate) client_kib: u64,
    pub(crate) server_kib: u64,
}
