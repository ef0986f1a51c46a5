//! What this program is told.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Parser};
use serde::Serialize;

use crate::payload::Payload;

/// Measures; `cargo xtask bench` is the way to run it.
#[derive(Debug, Parser)]
pub(crate) enum Command {
    /// Measures everything and prints results as JSON
    Run(Plan),
    /// Serves one subject: prints its address, ends with stdin
    Serve {
        /// Whose server
        subject: String,
        /// Threads that it may use
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
    /// Calls a server that is there and prints one sample as JSON
    Call(Job),
    /// Makes exactly so many calls in one process, for counting instructions
    Count {
        /// One of those that `scenarios` prints
        scenario: String,
        /// How many calls
        calls: usize,
    },
    /// Prints the names that `count` takes
    Scenarios,
}

/// How long, how often, what.
#[derive(Debug, Clone, Args, Serialize)]
pub(crate) struct Plan {
    /// Samples of each cell; the page shows their median
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// How long a sample takes
    #[arg(long, default_value_t = 800)]
    pub(crate) sample_millis: u64,
    /// How long calls are made before a sample
    #[arg(long, default_value_t = 300)]
    pub(crate) warm_up_millis: u64,
    /// Calls under way at once
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    pub(crate) in_flight: Vec<usize>,
    /// These subjects only
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Processes that look up an interface
    #[arg(long, default_value_t = 40)]
    pub(crate) callers: usize,
    /// Instances of that interface
    #[arg(long, default_value_t = 500)]
    pub(crate) instances: u16,
}

impl Plan {
    pub(crate) fn sample(&self) -> Duration {
        Duration::from_millis(self.sample_millis)
    }

    pub(crate) fn warm_up(&self) -> Duration {
        Duration::from_millis(self.warm_up_millis)
    }

    /// Whether a subject, or a part named as one, is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// One sample of one subject.
#[derive(Debug, Clone, Args)]
pub(crate) struct Job {
    /// Whose client
    pub(crate) subject: String,
    /// Where its server is
    pub(crate) address: SocketAddr,
    /// Process id of the server, whose CPU time and memory belong to the sample
    pub(crate) server: u32,
    /// What is sent and comes back
    #[arg(long)]
    pub(crate) payload: Payload,
    /// Calls under way at once
    #[arg(long)]
    pub(crate) in_flight: usize,
    #[arg(long)]
    pub(crate) warm_up_millis: u64,
    #[arg(long)]
    pub(crate) sample_millis: u64,
}
