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
    /// Of the server, and clients that share what is in flight.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

impl Sample {
    /// What several clients of one server saw of it at the same time.
    pub(crate) fn together(samples: &[Self]) -> Self {
        let sum = |of: fn(&Self) -> f64| samples.iter().map(of).sum::<f64>();
        let worst = |of: fn(&Self) -> f64| samples.iter().map(of).fold(0.0, f64::max);
        let clients = samples.len() as f64;
        let calls_per_second = sum(|sample| sample.calls_per_second);
        let per_call = |of: fn(&Self) -> f64| sum(of) / calls_per_second;
        Self {
            calls_per_second,
            p50_micros: worst(|sample| sample.p50_micros),
            p99_micros: worst(|sample| sample.p99_micros),
            p999_micros: worst(|sample| sample.p999_micros),
            client_micros: per_call(|sample| sample.client_micros * sample.calls_per_second),
            // Each of them has counted all that the server did.
            server_micros: per_call(|sample| sample.server_micros * sample.calls_per_second) / clients,
            waited: sum(|sample| sample.waited) / clients,
            client_kib: samples.iter().map(|sample| sample.client_kib).sum(),
            server_kib: samples.iter().map(|sample| sample.server_kib).max().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_one_server_add_up() {
        let one = |rate, server_micros| Sample {
            calls_per_second: rate,
            p50_micros: rate,
            p99_micros: 1.0,
            p999_micros: 1.0,
            client_micros: 3.0,
            server_micros,
            waited: 0.5,
            client_kib: 10,
            server_kib: 20,
        };
        // The server worked 0.4 s of each second: for 300,000 calls.
        let together = Sample::together(&[one(100_000.0, 4.0), one(200_000.0, 2.0)]);
        let expected = Sample {
            calls_per_second: 300_000.0,
            p50_micros: 200_000.0,
            client_kib: 20,
            ..one(0.0, 4.0 / 3.0)
        };
        assert_eq!(together, expected);
    }
}
