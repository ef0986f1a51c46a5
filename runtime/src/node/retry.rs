//! When a call may be tried again, how soon, and how often all calls together.

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
pub(super) fn attempt_deadline(call: &OutgoingCall, attempt: u32) -> Instant {
    if !call.idempotent || attempt >= super::MAX_ATTEMPTS {
        return call.deadline;
    }
    let now = Instant::now();
    now + call.deadline.saturating_duration_since(now) / 2
}

/// Full jitter: anything between nothing and a ceiling that doubles.
pub(super) fn backoff(attempt: u32) -> Duration {
    let ceiling = BASE_PAUSE.saturating_mul(1 << attempt.min(10)).min(MAX_PAUSE);
    ceiling.mul_f64(rand::rng().random())
}

/// Retries of all calls of a process: one for five calls, and ten a second besides.
pub(super) struct RetryBudget {
    state: Mutex<(f64, Instant)>,
}

/// What a retry costs, in what one call earns; whole numbers, so that sums stay exact.
const RETRY: f64 = 5.0;
const PER_CALL: f64 = 1.0;
const PER_SECOND: f64 = 10.0 * RETRY;
const MAX_SAVED: f64 = 100.0 * RETRY;

impl Default for RetryBudget {
    fn default() -> Self {
        Self { state: Mutex::new((PER_SECOND, Instant::now())) }
    }
}

impl RetryBudget {
    /// A call began.
    pub(super) fn earn(&self) {
        self.update(|tokens| (tokens + PER_CALL, true));
    }

    /// Takes one retry, if one is left.
    pub(super) fn spend(&self) -> bool {
        self.update(|tokens| if tokens >= RETRY { (tokens - RETRY, true) } else { (tokens, false) })
    }

    fn update(&self, change: impl FnOnce(f64) -> (f64, bool)) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(state.1).as_secs_f64();
        let (tokens, allowed) = change(elapsed.mul_add(PER_SECOND, state.0).min(MAX_SAVED));
        *state = (tokens, now);
        allowed
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
