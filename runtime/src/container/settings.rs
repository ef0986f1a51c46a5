//! How one process serves and drains.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::server::Limits;

/// What a process does for its interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Answers calls and handles events.
    #[default]
    Instance,
    /// Runs tasks only, registered as `NAME.worker`.
    Worker,
}

/// How one process serves and drains; the defaults suit production.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// What it does for its interfaces.
    pub role: Role,
    /// Handlers that run at once.
    pub concurrency: usize,
    /// Requests that may wait for their turn; further ones are refused.
    pub queue: usize,
    /// Bytes of these. Each counts as at least its part, so that `queue` small ones may wait.
    pub queue_bytes: usize,
    /// Deliveries of one event handler at once.
    pub event_concurrency: u16,
    /// Interfaces whose queues are declared as Python declares them.
    pub python_queues: BTreeSet<String>,
    /// After deregistering: how long callers that have not heard of it are still served.
    pub linger: Duration,
    /// How long what runs may take to finish.
    pub finish: Duration,
    /// How long replies and events may take to leave.
    pub flush: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let Limits { running, queued, queued_bytes } = Limits::default();
        Self {
            role: Role::default(),
            concurrency: running,
            queue: queued,
            queue_bytes: queued_bytes,
            event_concurrency: 16,
            python_queues: BTreeSet::new(),
            linger: Duration::from_secs(3),
            finish: Duration::from_secs(25),
            flush: Duration::from_secs(5),
        }
    }
}

impl Settings {
    pub(super) fn limits(&self) -> Limits {
        Limits { running: self.concurrency, queued: self.queue, queued_bytes: self.queue_bytes }
    }
}
