//! One queue: which topics it takes, and in which order it gives them out.

use std::collections::BinaryHeap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Mode;
use super::lane::{Due, Entry, Lane};
use crate::Headers;
use crate::error::EmitError;
use crate::events::ladder::whole_millis;
use crate::events::partition::partition_of;
use crate::events::topic::Pattern;
use crate::events::{Ladder, Outgoing};

/// Events one queue holds, those under way included, and their bytes.
const MAX_QUEUED: (usize, usize) = (10_000, 64 << 20);

/// An event as queues share it.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) topic: String,
    pub(super) id: String,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
    pub(super) source: String,
    /// When it is worth nothing any more.
    pub(super) expires: Option<Instant>,
    pub(super) bytes: usize,
}

impl Queued {
    /// Comes due at `due`.
    pub(super) fn new(event: Outgoing, due: Instant) -> Self {
        let Outgoing { topic, id, headers, body, source, delay: _, ttl } = event;
        let expires = ttl.map(|ttl| due + whole_millis(ttl));
        let bytes =
            topic.len() + id.len() + crate::codec::to_bytes(&headers).len() + body.len() + source.len();
        Self { topic, id, headers, body, source, expires, bytes }
    }

    pub(super) fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    mode: Mode,
    topics: Vec<Pattern>,
    /// One, or one per partition.
    lanes: Vec<Lane>,
    /// The lane to look at first, so that none starves.
    turn: usize,
    /// Failed deliveries that let others pass.
    waiting: BinaryHeap<Due<Entry>>,
    /// All of them: ready, waiting and under way.
    count: usize,
    bytes: usize,
    /// Told whenever there may be something to take, or something due earlier.
    pub(super) changed: Arc<Notify>,
}

impl Queue {
    pub(super) fn new(mode: Mode) -> Self {
        let (lanes, limit) = match mode {
            Mode::Shared | Mode::Broadcast => (1, usize::MAX),
            Mode::Sequential => (1, 1),
            Mode::Serial { partitions, .. } => (usize::from(partitions.max(1)), 1),
        };
        Self {
            mode,
            topics: Vec::new(),
            lanes: (0..lanes).map(|_| Lane::new(limit)).collect(),
            turn: 0,
            waiting: BinaryHeap::new(),
            count: 0,
            bytes: 0,
            changed: Arc::default(),
        }
    }

    /// Adds `topics`; bindings only grow, as a broker's do.
    pub(super) fn attach(&mut self, name: &str, mode: &Mode, topics: &[String]) -> Result<(), EmitError> {
        if self.mode != *mode {
            return Err(EmitError::Refused(format!("queue `{name}` was declared as {:?}", self.mode)));
        }
        for topic in topics {
            let pattern = Pattern::new(topic);
            if !self.topics.contains(&pattern) {
                self.topics.push(pattern);
            }
        }
        Ok(())
    }

    pub(super) fn takes(&self, topic: &str) -> bool {
        self.topics.iter().any(|pattern| pattern.matches(topic))
    }

    pub(super) fn fits(&self, event: &Queued) -> bool {
        self.count < MAX_QUEUED.0 && self.bytes + event.bytes <= MAX_QUEUED.1
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.count += 1;
        self.bytes += entry.event.bytes;
        let lane = match &self.mode {
            Mode::Serial { key, partitions } => partition_of(&entry.event.body, key, *partitions).into(),
            _ => 0,
        };
        self.lanes[lane].push(entry);
        self.changed.notify_waiters();
    }

    /// The next event and its lane, for one of the methods below.
    pub(super) fn take(&mut self) -> Option<(usize, Entry)> {
        let lanes = self.lanes.len();
        let (lane, entry) = (0..lanes)
            .map(|offset| (self.turn + offset) % lanes)
            .find_map(|lane| Some((lane, self.lanes[lane].take()?)))?;
        self.turn = (lane + 1) % lanes;
        Some((lane, entry))
    }

    pub(super) fn done(&mut self, lane: usize, entry: &Entry) {
        self.lanes[lane].done();
        self.count -= 1;
        self.bytes -= entry.event.bytes;
        self.changed.notify_waiters();
    }

    pub(super) fn put_back(&mut self, lane: usize, entry: Entry) {
        self.lanes[lane].put_back(entry);
        self.changed.notify_waiters();
    }

    /// Tries again after a pause. Where order counts, everything behind it waits as well. What will be worth
    /// nothing by then is dropped.
    pub(super) fn retry(&mut self, lane: usize, entry: Entry, ladder: &Ladder) {
        let in_order = matches!(self.mode, Mode::Serial { .. });
        let pause =
            if in_order { ladder.pause_in_order(entry.retried) } else { ladder.pause_before(entry.retried) };
        let due = Instant::now() + pause;
        if entry.event.has_expired(due) {
            tracing::warn!(event_id = entry.event.id, "failed, and worth nothing at its next try: dropped");
            return self.done(lane, &entry);
        }
        if in_order {
            self.lanes[lane].pause(due);
            self.lanes[lane].put_back(entry);
        } else {
            self.lanes[lane].done();
            self.waiting.push(Due { at: due, sequence: entry.sequence, what: entry });
        }
        self.changed.notify_waiters();
    }

    /// Moves what has come due behind everything that is ready, and drops what has come to the front and is
    /// worth nothing any more; returns the last sequence number.
    pub(super) fn advance(&mut self, now: Instant, mut sequence: u64) -> u64 {
        while self.waiting.peek().is_some_and(|due| due.at <= now) {
            let mut entry = self.waiting.pop().expect("just peeked").what;
            sequence += 1;
            entry.sequence = sequence;
            self.lanes[0].push(entry);
            self.changed.notify_waiters();
        }
        for lane in &mut self.lanes {
            lane.resume_when_due(now);
            while let Some(entry) = lane.take_expired(now) {
                tracing::debug!(event_id = entry.event.id, "worth nothing any more: dropped");
                self.count -= 1;
                self.bytes -= entry.event.bytes;
            }
        }
        sequence
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        let paused = self.lanes.iter().filter_map(Lane::paused_until);
        paused.chain(self.waiting.peek().map(|due| due.at)).min()
    }
}
