//! When a call may be tried again, how soon, and how often all calls together.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt;
use tokio::time::Instant;

use crate::backend::{Failure, OutgoingCall};
use crate::error::{NotSent, Rejection, Unanswered};

/// The ceiling of the first pause; it doubles with each further one.
const BASE_PAUSE: Duration = Duration::from_millis(20);

/// No pause is longer.
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Whether a second try cannot run the handler twice, or may do so.
pub(super) fn is_safe(failure: &Failure, call: &OutgoingCall) -> bool {
    match failure {
        Failure::NotSent(reason) => {
            matches!(reason, NotSent::NoInstance(_) | NotSent::QueueFull(_) | NotSent::Transport(_))
        }
        Failure::Rejected(reason) => matches!(reason, Rejection::Overloaded | Rejection::Draining),
        Failure::Unknown(reason) => {
            call.idempotent
                && matches!(reason, Unanswered::TimedOut | Unanswered::PeerLost | Unanswered::Nack)
        }
        Failure::Declared(_) => false,
    }
}

/// What to tell of a call whose latest try ended in `failure`: once a handler may have run, a later
/// try that certainly ran none changes nothing about that.
pub(super) fn in_the_end(failure: Failure, may_have_run: &mut Option<Unanswered>) -> Failure {
    match (failure, &may_have_run) {
        (Failure::Unknown(reason), _) => {
            *may_have_run = Some(reason.clone());
            Failure::Unknown(reason)
        }
        (Failure::NotSent(_) | Failure::Rejected(_), Some(earlier)) => Failure::Unknown(earlier.clone()),
        (failure, _) => failure,
    }
}

/// When the `attempt`th try stops waiting: an idempotent call keeps half of what is left for
/// another instance, as it would otherwise wait for a dead one until its very deadline.
pub(super) fn attempt_deadline(
    call: &OutgoingCall,
    deadline: Instant,
    attempt: u32,
    now: Instant,
) -> Instant {
    if !call.idempotent || attempt >= super::MAX_ATTEMPTS {
        return deadline;
    }
    now + deadline.saturating_duration_since(now) / 2
}

/// Full jitter: anything between nothing and a ceiling that doubles.
pub(super) fn backoff(attempt: u32) -> Duration {
    let ceiling = BASE_PAUSE.saturating_mul(1 << attempt.min(10)).min(MAX_PAUSE);
    ceiling.mul_f64(rand::rng().random())
}

/// Retries of all calls of a process: one for five calls, and ten a second besides.
///
/// Calls begin far more often than they are retried, so beginning one only counts.
pub(super) struct RetryBudget {
    tokens: AtomicU64,
    /// Until when those that come with time were added.
    added: Mutex<Instant>,
}

/// What a retry costs, in what one call earns.
const RETRY: u64 = 5;
const PER_CALL: u64 = 1;
const PER_SECOND: u64 = 10 * RETRY;
const MAX_SAVED: u64 = 100 * RETRY;

impl Default for RetryBudget {
    fn default() -> Self {
        Self { tokens: PER_SECOND.into(), added: Mutex::new(Instant::now()) }
    }
}

impl RetryBudget {
    /// A call began.
    pub(super) fn earn(&self) {
        if self.tokens.load(Relaxed) < MAX_SAVED {
            self.tokens.fetch_add(PER_CALL, Relaxed);
        }
    }

    /// Takes one retry, if one is left.
    pub(super) fn spend(&self) -> bool {
        self.add_with_time();
        self.tokens.fetch_update(Relaxed, Relaxed, |tokens| tokens.checked_sub(RETRY)).is_ok()
    }

    fn add_with_time(&self) {
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = added.elapsed().as_millis().min(u128::from(MAX_SAVED / PER_SECOND * 1000)) as u64;
        let tokens = millis * PER_SECOND / 1000;
        if tokens > 0 {
            *added = Instant::now();
            let add = |saved: u64| Some((saved + tokens).min(MAX_SAVED));
            _ = self.tokens.fetch_update(Relaxed, Relaxed, add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn budget_allows_a_fifth_of_the_calls_and_ten_a_second() {
        let budget = RetryBudget::default();
        let spent = || std::iter::repeat_with(|| budget.spend()).take_while(|allowed| *allowed).count();
        assert_eq!(spent(), 10);
        (0..50).for_each(|_| budget.earn());
        assert_eq!(spent(), 10);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(spent(), 20);
    }
}
