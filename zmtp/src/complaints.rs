//! Warnings that peers bring about, and could otherwise flood the log with.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often one of them is spoken.
const EVERY: Duration = Duration::from_secs(1);

/// Lets one warning through each second, and counts the others.
#[derive(Debug, Default)]
pub struct Complaints {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    unspoken: u64,
}

impl Complaints {
    /// Whether a warning may be spoken now, and if so, how many were not since the last one.
    pub fn may_speak(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.is_some_and(|last| last.elapsed() < EVERY) {
            state.unspoken += 1;
            return None;
        }
        let unspoken = std::mem::take(&mut state.unspoken);
        state.last = Some(Instant::now());
        Some(unspoken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_is_spoken_each_second_and_tells_of_the_others() {
        let complaints = Complaints::default();
        assert_eq!(complaints.may_speak(), Some(0));
        assert_eq!((complaints.may_speak(), complaints.may_speak()), (None, None));
        tokio::time::advance(EVERY).await;
        assert_eq!(complaints.may_speak(), Some(2));
    }
}
