//! How much a server runs and queues; the rest is refused at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Semaphore;

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

/// Every admitted request holds one turn, or waits for one in line.
pub(super) struct Admission {
    limits: Limits,
    turns: Semaphore,
    queued: AtomicUsize,
    closed: AtomicBool,
}

/// How a request comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// It may run now, and leaves with [`Admission::leave`].
    Run,
    /// It runs after [`Admission::wait_turn`], or leaves with [`Admission::leave_line`].
    Wait,
}

impl Admission {
    pub(super) fn new(limits: Limits) -> Self {
        // All turns together can be waited for, see `idle`.
        let running = limits.running.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        Self {
            limits: Limits { running, ..limits },
            turns: Semaphore::new(running),
            queued: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes one request in.
    pub(super) fn enter(&self) -> Result<Entry, Rejection> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Rejection::Draining);
        }
        if let Ok(turn) = self.turns.try_acquire() {
            turn.forget();
            return Ok(Entry::Run);
        }
        let room = |queued| (queued < self.limits.queued).then_some(queued + 1);
        let queued = self.queued.fetch_update(Ordering::AcqRel, Ordering::Acquire, room);
        queued.map(|_| Entry::Wait).map_err(|_| Rejection::Overloaded)
    }

    /// Resolves when a request that came in to wait may run; it no longer waits then.
    pub(super) async fn wait_turn(&self) {
        self.turns.acquire().await.expect("the semaphore is never closed").forget();
        self.leave_line();
    }

    /// One that came in to wait does not wait any more.
    pub(super) fn leave_line(&self) {
        self.queued.fetch_sub(1, Ordering::AcqRel);
    }

    /// One that ran is done.
    pub(super) fn leave(&self) {
        self.turns.add_permits(1);
    }

    /// Admits nothing more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) fn under_way(&self) -> usize {
        let running = self.limits.running.saturating_sub(self.turns.available_permits());
        running + self.queued.load(Ordering::Acquire)
    }

    /// Resolves when nothing admitted is left.
    pub(super) async fn idle(&self) {
        let all = u32::try_from(self.limits.running).expect("it was bounded");
        loop {
            drop(self.turns.acquire_many(all).await.expect("the semaphore is never closed"));
            if self.queued.load(Ordering::Acquire) == 0 {
                return;
            }
            // Whoever came in to wait and did not get to it yet.
            tokio::task::yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refuses_what_is_beyond_running_and_queued() {
        let admission = Admission::new(Limits { running: 1, queued: 1 });
        assert_eq!(admission.enter(), Ok(Entry::Run));
        assert_eq!(admission.enter(), Ok(Entry::Wait));
        assert_eq!(admission.enter(), Err(Rejection::Overloaded));
        assert_eq!(admission.under_way(), 2);
        admission.leave();
        admission.wait_turn().await;
        assert_eq!(admission.enter(), Ok(Entry::Wait));
    }

    #[tokio::test]
    async fn a_closed_one_refuses_and_becomes_idle() {
        let admission = Admission::new(Limits { running: 1, queued: 1 });
        assert_eq!(admission.enter(), Ok(Entry::Run));
        assert_eq!(admission.enter(), Ok(Entry::Wait));
        admission.close();
        assert_eq!(admission.enter(), Err(Rejection::Draining));
        let second = async {
            admission.wait_turn().await;
            admission.leave();
        };
        tokio::join!(second, admission.idle(), async { admission.leave() });
        assert_eq!(admission.under_way(), 0);
    }
}
