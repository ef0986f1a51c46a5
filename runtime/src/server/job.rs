//! A request in a task of its own: its handler waits for something, or has yet to begin.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Rejection;
use crate::service::{Answer, Answering};
use crate::transport::{Pace, Peer};
use crate::{Context, Endpoint};

use super::admission::Entry;
use super::hosted::Target;
use super::{Server, Started, panicked, start};

/// What is known of the request.
pub(super) struct Job {
    pub(super) hold: Hold,
    pub(super) target: Arc<Target>,
    pub(super) peer: Peer,
    /// The request's id.
    pub(super) request: Box<[u8]>,
    pub(super) raw_trace_id: Box<[u8]>,
    pub(super) arrived: Instant,
    pub(super) deadline: Instant,
    /// Whether its caller says how long it waits.
    pub(super) has_timeout: bool,
}

/// Who asked, and the request's id.
pub(super) type Key = (Endpoint, Box<[u8]>);

/// What is left to do.
pub(super) enum Work {
    /// Everything.
    New { cx: Context, body: Bytes },
    /// To wait for what the handler waits for; so far it went at this pace.
    Begun { answering: Answering, pace: Pace },
}

impl Work {
    pub(super) fn pace(&self) -> Pace {
        match self {
            Self::New { .. } => Pace::Steady,
            Self::Begun { pace, .. } => *pace,
        }
    }
}

/// A place among those that run or wait to run; dropping it makes room.
pub(super) struct Hold {
    server: Arc<Server>,
    /// `None` for requests that no limit holds back.
    entry: Option<Entry>,
}

impl Hold {
    pub(super) fn new(server: Arc<Server>, entry: Option<Entry>) -> Self {
        Self { server, entry }
    }

    /// Resolves when the handler may run, or its request has to give way to others.
    async fn wait_turn(&mut self) -> Result<(), Rejection> {
        if let Some(Entry::Wait(ticket)) = &mut self.entry {
            let called = ticket.called().await;
            self.entry = called.is_ok().then_some(Entry::Run);
            called?;
        }
        Ok(())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        match self.entry.take() {
            Some(Entry::Run) => self.server.admission.leave(),
            Some(Entry::Wait(ticket)) => self.server.admission.leave_line(ticket),
            None => {}
        }
    }
}

impl Job {
    /// What a cancel names.
    pub(super) fn key(&self) -> Key {
        (self.peer.endpoint().clone(), self.request.clone())
    }

    /// Runs until the handler answers or panics, its caller cancels, or the deadline passes.
    pub(super) async fn run(mut self, work: Work, cancelled: CancellationToken) {
        let (deadline, target) = (self.deadline, Arc::clone(&self.target));
        let answer = answer(work, &mut self.hold, &target, deadline);
        let outcome = tokio::select! {
            biased;
            () = cancelled.cancelled() => None,
            answer = tokio::time::timeout_at(deadline, answer) => answer.ok(),
        };
        let server = &self.hold.server;
        server.running().remove(&self.key());
        target.metrics.served(outcome.as_ref(), self.arrived.elapsed());
        let outcome = match outcome {
            // Nobody waits any more, except for callers that sent no deadline.
            None if !self.has_timeout => Some(Answer::Nack),
            outcome => outcome,
        };
        match outcome {
            Some(answer) => {
                server.reply(&self.peer, &self.request, &target.headers, &self.raw_trace_id, answer);
            }
            None => tracing::debug!(source = %self.peer.endpoint(), "the caller no longer waits"),
        }
    }
}

async fn answer(work: Work, hold: &mut Hold, target: &Target, deadline: Instant) -> Answer {
    let answering = match work {
        Work::Begun { answering, .. } => answering,
        Work::New { cx, body } => {
            if let Err(rejection) = hold.wait_turn().await {
                return Answer::Rejected(rejection);
            }
            if Instant::now() >= deadline {
                return Answer::Rejected(Rejection::Expired);
            }
            match start(target, cx, &body, Some(&body)) {
                Started::Answered(answer) => return answer,
                Started::Waits(answering) => answering,
            }
        }
    };
    AssertUnwindSafe(answering).catch_unwind().await.unwrap_or_else(|_| panicked())
}
