//! How much a server runs and queues; the rest is refused at once.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::line::Line;
use crate::error::Rejection;
use crate::transport::Origin;

/// What one server takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Handlers that run at once.
    pub(crate) running: usize,
    /// Requests that wait for their turn.
    pub(crate) queued: usize,
    /// Bytes of these. A request counts as at least its part, `queued_bytes / queued`.
    pub(crate) queued_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { running: 1024, queued: 4096, queued_bytes: 64 << 20 }
    }
}

/// Every admitted request has a turn, or waits for one in line. While nobody waits, taking a turn and
/// giving it back touch one number.
pub(super) struct Admission {
    running: u64,
    /// See [`State`].
    state: AtomicU64,
    /// Those who wait, in as many as `state` says; changed together with it.
    line: Mutex<Line<oneshot::Sender<Call>>>,
    /// Closed, and nothing is left.
    emptied: Notify,
}

/// How a request comes in.
#[derive(Debug)]
pub(super) enum Entry {
    /// It may run now, and leaves with [`Admission::leave`].
    Run,
    /// It runs after [`Ticket::called`] has told it to, or leaves with [`Admission::leave_line`].
    Wait(Ticket),
}

/// A place in line.
#[derive(Debug)]
pub(super) struct Ticket {
    from: Origin,
    number: u64,
    call: oneshot::Receiver<Call>,
}

/// What those who wait are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// It is their turn.
    Turn,
    /// They had to give way.
    Refused,
}

/// How many run (the lower half), how many wait, and whether nobody comes in any more (the highest
/// bit).
#[derive(Debug, Clone, Copy)]
struct State(u64);

impl State {
    const RUNNING: u64 = 1;
    const WAITING: u64 = 1 << 32;
    const CLOSED: u64 = 1 << 63;

    const fn running(self) -> u64 {
        self.0 % Self::WAITING
    }

    const fn waiting(self) -> u64 {
        (self.0 & !Self::CLOSED) / Self::WAITING
    }

    const fn is_closed(self) -> bool {
        self.0 & Self::CLOSED != 0
    }
}

impl Ticket {
    /// Resolves when the request may run; it no longer waits then.
    pub(super) async fn called(&mut self) -> Result<(), Rejection> {
        match (&mut self.call).await {
            Ok(Call::Turn) => Ok(()),
            Ok(Call::Refused) | Err(_) => Err(Rejection::Overloaded),
        }
    }
}

impl Admission {
    pub(super) fn new(limits: Limits) -> Self {
        // Both counts fit into their part of the state.
        let most = i32::MAX as usize;
        Self {
            running: limits.running.min(most) as u64,
            state: AtomicU64::new(0),
            line: Mutex::new(Line::new(limits.queued.min(most), limits.queued_bytes)),
            emptied: Notify::new(),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line<oneshot::Sender<Call>>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> State {
        State(self.state.load(Ordering::Acquire))
    }

    /// Takes one request in; `request` says where it comes from and its bytes, should it have to wait.
    pub(super) fn enter(&self, request: impl FnOnce() -> (Origin, usize)) -> Result<Entry, Rejection> {
        if self.try_run()? {
            return Ok(Entry::Run);
        }
        let (from, bytes) = request();
        let mut line = self.line();
        // Somebody may have left meanwhile; nobody can any more without passing the turn on.
        if self.try_run()? {
            return Ok(Entry::Run);
        }
        let (sender, call) = oneshot::channel();
        let (number, gone) = line.add(from, bytes, sender).map_err(|_| Rejection::Overloaded)?;
        self.state.fetch_add(State::WAITING, Ordering::AcqRel);
        for other in gone {
            self.state.fetch_sub(State::WAITING, Ordering::AcqRel);
            _ = other.send(Call::Refused);
        }
        Ok(Entry::Wait(Ticket { from, number, call }))
    }

    /// Takes a turn, if there is one and nobody waits for it.
    fn try_run(&self) -> Result<bool, Rejection> {
        let mut state = self.state();
        while !state.is_closed() && state.waiting() == 0 && state.running() < self.running {
            match self.replace(state, state.0 + State::RUNNING) {
                Ok(()) => return Ok(true),
                Err(now) => state = now,
            }
        }
        if state.is_closed() { Err(Rejection::Draining) } else { Ok(false) }
    }

    fn replace(&self, state: State, with: u64) -> Result<(), State> {
        let replaced = self.state.compare_exchange_weak(state.0, with, Ordering::AcqRel, Ordering::Acquire);
        replaced.map(drop).map_err(State)
    }

    /// One that came in to wait does not wait any more.
    pub(super) fn leave_line(&self, mut ticket: Ticket) {
        let mut line = self.line();
        if line.remove(ticket.from, ticket.number).is_some() {
            let before = self.state.fetch_sub(State::WAITING, Ordering::AcqRel);
            self.left(before - State::WAITING);
            return;
        }
        drop(line);
        if ticket.call.try_recv() == Ok(Call::Turn) {
            self.leave();
        }
    }

    /// One that ran is done: whoever is next in line has its turn.
    pub(super) fn leave(&self) {
        let mut state = self.state();
        while state.waiting() == 0 {
            match self.replace(state, state.0 - State::RUNNING) {
                Ok(()) => return self.left(state.0 - State::RUNNING),
                Err(now) => state = now,
            }
        }
        let mut line = self.line();
        let next = line.next();
        let gone = if next.is_some() { State::WAITING } else { State::RUNNING };
        let before = self.state.fetch_sub(gone, Ordering::AcqRel);
        if let Some(next) = next {
            // It has not left, as that would have taken it out of line.
            _ = next.send(Call::Turn);
        }
        self.left(before - gone);
    }

    fn left(&self, state: u64) {
        if state == State::CLOSED {
            self.emptied.notify_waiters();
        }
    }

    /// Admits nothing more.
    pub(super) fn close(&self) {
        self.state.fetch_or(State::CLOSED, Ordering::AcqRel);
    }

    pub(super) fn under_way(&self) -> usize {
        let state = self.state();
        usize::try_from(state.running() + state.waiting()).unwrap_or(usize::MAX)
    }

    /// Resolves when it is closed and nothing admitted is left.
    pub(super) async fn idle(&self) {
        loop {
            let mut emptied = pin!(self.emptied.notified());
            // Before the question, so that an answer in between is not missed.
            emptied.as_mut().enable();
            if self.state().0 == State::CLOSED {
                return;
            }
            emptied.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(running: usize, queued: usize) -> Admission {
        Admission::new(Limits { running, queued, ..Limits::default() })
    }

    fn waits(admission: &Admission, peer: u64) -> Ticket {
        match admission.enter(|| (Origin { host: 0, peer }, 1)) {
            Ok(Entry::Wait(ticket)) => ticket,
            other => panic!("{other:?}"),
        }
    }

    fn runs(admission: &Admission) -> bool {
        matches!(admission.enter(|| panic!("it need not wait")), Ok(Entry::Run))
    }

    #[tokio::test]
    async fn refuses_what_is_beyond_running_and_queued() {
        let admission = admission(1, 1);
        assert!(runs(&admission));
        let mut second = waits(&admission, 1);
        assert_eq!(admission.enter(|| (Origin { host: 0, peer: 1 }, 1)).err(), Some(Rejection::Overloaded));
        assert_eq!(admission.under_way(), 2);
        admission.leave();
        assert_eq!(second.called().await, Ok(()));
        let third = waits(&admission, 1);
        admission.leave_line(third);
        assert_eq!(admission.under_way(), 1);
        admission.leave();
        assert!(runs(&admission));
    }

    #[tokio::test]
    async fn whoever_gives_way_is_refused() {
        let admission = admission(1, 3);
        assert!(runs(&admission));
        let [mut first, second, mut third] = [(); 3].map(|()| waits(&admission, 1));
        let mut other = waits(&admission, 2);
        assert_eq!(third.called().await, Err(Rejection::Overloaded));
        admission.leave();
        assert_eq!(first.called().await, Ok(()));
        admission.leave();
        assert_eq!(other.called().await, Ok(()), "peers take turns");
        assert_eq!(admission.under_way(), 2);
        // It leaves as it is called.
        admission.leave();
        admission.leave_line(second);
        assert_eq!(admission.under_way(), 0);
    }

    #[tokio::test]
    async fn a_closed_one_refuses_and_becomes_idle() {
        let admission = admission(1, 1);
        assert!(runs(&admission));
        let mut second = waits(&admission, 1);
        admission.close();
        assert_eq!(admission.enter(|| (Origin { host: 0, peer: 1 }, 1)).err(), Some(Rejection::Draining));
        let second = async {
            second.called().await.expect("it is its turn");
            admission.leave();
        };
        tokio::join!(second, admission.idle(), async { admission.leave() });
        assert_eq!(admission.under_way(), 0);
    }
}
