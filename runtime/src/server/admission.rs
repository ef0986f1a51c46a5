//! How much a server runs and queues; the rest is refused at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::error::Rejection;

/// What one server takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Handlers that run at once.
    pub(crate) running: usize,
    /// Requests that wait for their turn.
    pub(crate) queued: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { running: 1024, queued: 4096 }
    }
}

pub(super) struct Admission {
    limits: Limits,
    turns: Arc<Semaphore>,
    state: Arc<State>,
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    admitted: AtomicUsize,
    left: Notify,
}

/// One admitted request; dropping it makes room.
pub(super) struct Permit {
    state: Option<Arc<State>>,
    turns: Option<Arc<Semaphore>>,
    turn: Option<OwnedSemaphorePermit>,
}

impl Admission {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            turns: Arc::new(Semaphore::new(limits.running.min(Semaphore::MAX_PERMITS))),
            state: Arc::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes one request in.
    pub(super) fn enter(&self) -> Result<Permit, Rejection> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Rejection::Draining);
        }
        let most = self.limits.running.saturating_add(self.limits.queued);
        let admitted = &self.state.admitted;
        admitted
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| (count < most).then_some(count + 1))
            .map_err(|_| Rejection::Overloaded)?;
        Ok(Permit { state: Some(Arc::clone(&self.state)), turns: Some(Arc::clone(&self.turns)), turn: None })
    }

    /// Admits nothing more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) fn under_way(&self) -> usize {
        self.state.admitted.load(Ordering::Acquire)
    }

    /// Resolves when nothing admitted is left.
    pub(super) async fn idle(&self) {
        loop {
            let left = self.state.left.notified();
            if self.under_way() == 0 {
                return;
            }
            left.await;
        }
    }
}

impl Permit {
    /// For requests that no limit holds back.
    pub(super) fn unlimited() -> Self {
        Self { state: None, turns: None, turn: None }
    }

    /// Resolves when the handler may run.
    pub(super) async fn wait_turn(&mut self) {
        if let Some(turns) = self.turns.take() {
            self.turn = Some(turns.acquire_owned().await.expect("the semaphore is never closed"));
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(state) = &self.state {
            state.admitted.fetch_sub(1, Ordering::AcqRel);
            state.left.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refuses_what_is_beyond_running_and_queued() {
        let admission = Admission::new(Limits { running: 1, queued: 1 });
        let mut first = admission.enter().expect("room to run");
        first.wait_turn().await;
        let mut second = admission.enter().expect("room to wait");
        assert_eq!(admission.enter().err(), Some(Rejection::Overloaded));
        drop(first);
        second.wait_turn().await;
        assert!(admission.enter().is_ok());
    }

    #[tokio::test]
    async fn a_closed_one_refuses_and_becomes_idle() {
        let admission = Admission::new(Limits::default());
        let permit = admission.enter().expect("room");
        admission.close();
        assert_eq!(admission.enter().err(), Some(Rejection::Draining));
        tokio::join!(admission.idle(), async { drop(permit) });
    }
}
