//! Events that wait in one order.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::queue::Queued;
use crate::events::Delivered;

/// One event in one queue.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) event: Arc<Queued>,
    /// Its place among the others.
    pub(super) sequence: u64,
    /// `None` until it failed for the first time.
    pub(super) tries_left: Option<u32>,
    /// How often it failed.
    pub(super) retried: u32,
    /// How often its consumer was lost.
    pub(super) returned: u32,
}

impl Entry {
    pub(super) fn new(event: Arc<Queued>, sequence: u64) -> Self {
        Self { event, sequence, tries_left: None, retried: 0, returned: 0 }
    }

    pub(super) fn delivered(&self) -> Delivered {
        let attempt = self.retried + self.returned;
        Delivered {
            topic: self.event.topic.clone(),
            id: self.event.id.clone(),
            headers: self.event.headers.clone(),
            body: self.event.body.clone(),
            source: Some(self.event.source.clone()),
            attempt,
            redelivered: attempt > 0,
        }
    }
}

/// Something that comes due; the earliest is the greatest, for a heap.
#[derive(Debug)]
pub(super) struct Due<T> {
    pub(super) at: Instant,
    pub(super) sequence: u64,
    pub(super) what: T,
}

impl<T> Ord for Due<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.sequence).cmp(&(self.at, self.sequence))
    }
}

impl<T> PartialOrd for Due<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Due<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Due<T> {}

/// A line of events, served from the front to as many consumers at once as `limit` says.
#[derive(Debug)]
pub(super) struct Lane {
    /// In the order of their sequence numbers.
    ready: VecDeque<Entry>,
    busy: usize,
    limit: usize,
    /// While its front waits for its next try.
    paused_until: Option<Instant>,
}

impl Lane {
    pub(super) fn new(limit: usize) -> Self {
        Self { ready: VecDeque::new(), busy: 0, limit, paused_until: None }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.ready.push_back(entry);
    }

    pub(super) fn take(&mut self) -> Option<Entry> {
        if self.busy >= self.limit || self.paused_until.is_some() {
            return None;
        }
        let entry = self.ready.pop_front()?;
        self.busy += 1;
        Some(entry)
    }

    /// The front, when it is worth nothing any more.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<Entry> {
        if self.ready.front()?.event.has_expired(now) { self.ready.pop_front() } else { None }
    }

    pub(super) fn done(&mut self) {
        self.busy -= 1;
    }

    /// Back to its place, before what came after it.
    pub(super) fn put_back(&mut self, entry: Entry) {
        self.busy -= 1;
        let place = self.ready.partition_point(|other| other.sequence < entry.sequence);
        self.ready.insert(place, entry);
    }

    pub(super) fn pause(&mut self, until: Instant) {
        self.paused_until = Some(until);
    }

    pub(super) fn paused_until(&self) -> Option<Instant> {
        self.paused_until
    }

    pub(super) fn resume_when_due(&mut self, now: Instant) {
        self.paused_until = self.paused_until.filter(|until| *until > now);
    }
}
