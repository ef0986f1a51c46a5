//! Waiting awake for the next message when it will most likely be there before a thread could go to sleep
//! and be woken again.
//!
//! Sleeping is not free: the thread tells the kernel, the core may halt, and whoever sends has to wake it.
//! Peers that call back and forth pay that twice per call, for work of a few microseconds.

use std::time::{Duration, Instant};

/// What waits may cost before the connection stops trying.
const MOST_CREDIT: u8 = 4;

/// What it has to begin with, and again after a rest.
const FIRST_CREDIT: u8 = 2;

/// Chances that pass by while it does not try: two waits in vain are little among so many.
const REST: u16 = 500;

/// A wait that lasts so many times as long as it should was interrupted: others need the core.
const INTERRUPTED: u32 = 4;

/// The waits of one connection. Those that were ended by a message pay for those that were not; it is no
/// use to try where the peer takes its time, or needs this very core.
#[derive(Debug)]
pub(super) struct BusyPoll {
    /// How long one lasts at most.
    longest: Duration,
    state: State,
    credit: u8,
    /// Chances that are left to pass by.
    rest: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing came or went since it last waited.
    Quiet,
    /// Something did.
    Chance,
    /// It waits since then.
    Since(Instant),
}

impl BusyPoll {
    pub(super) const fn new(longest: Duration) -> Self {
        Self { longest, state: State::Quiet, credit: FIRST_CREDIT, rest: 0 }
    }

    /// Whether the peer may be taken to run beside us: waits were not in vain lately.
    pub(super) fn pays(&self) -> bool {
        self.credit > 0 && !self.longest.is_zero()
    }

    /// Messages came.
    pub(super) fn received(&mut self) {
        if let State::Since(_) = self.state {
            self.credit = (self.credit + 1).min(MOST_CREDIT);
        }
        self.state = State::Chance;
    }

    /// Messages went out. A wait under way goes on, or whoever sends without end would wait without end.
    pub(super) fn sent(&mut self) {
        if self.state == State::Quiet {
            self.state = State::Chance;
        }
    }

    /// Whether the thread should stay awake, when there is nothing to do at the moment of `now`.
    pub(super) fn waits(&mut self, now: impl FnOnce() -> Instant) -> bool {
        match self.state {
            State::Quiet => false,
            State::Chance if self.pays() => {
                self.state = State::Since(now());
                true
            }
            State::Chance => {
                self.state = State::Quiet;
                self.rest = self.rest.saturating_sub(1);
                if self.rest == 0 {
                    self.credit = FIRST_CREDIT;
                }
                false
            }
            State::Since(begun) => {
                let waited = now() - begun;
                if waited < self.longest {
                    return true;
                }
                self.state = State::Quiet;
                self.credit -= 1;
                if waited > self.longest * INTERRUPTED {
                    self.credit = 0;
                }
                if self.credit == 0 {
                    self.rest = REST;
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_micros(50);

    /// Whether it waits at its next chance, and if it does, whether a message comes within the wait.
    fn chance(poll: &mut BusyPoll, comes: bool) -> bool {
        let now = Instant::now();
        poll.sent();
        if !poll.waits(|| now) {
            return false;
        }
        assert!(poll.waits(|| now + LONGEST / 2));
        if comes {
            poll.received();
            poll.state = State::Quiet;
        } else {
            assert!(!poll.waits(|| now + LONGEST));
        }
        true
    }

    #[test]
    fn it_waits_only_after_something_happened_and_not_for_long() {
        let (mut poll, now) = (BusyPoll::new(LONGEST), Instant::now());
        assert!(!poll.waits(|| now), "nothing came or went");
        poll.received();
        assert!(poll.waits(|| now));
        assert!(poll.waits(|| now + LONGEST / 2));
        assert!(!poll.waits(|| now + LONGEST));
        assert!(!poll.waits(|| now + LONGEST), "once is enough");
        let mut never = BusyPoll::new(Duration::ZERO);
        never.received();
        assert!(!never.waits(|| now) && !never.pays());
    }

    #[test]
    fn waits_in_vain_make_it_rest_and_try_again() {
        let mut poll = BusyPoll::new(LONGEST);
        for _ in 0..3 {
            assert!((0..FIRST_CREDIT).all(|_| chance(&mut poll, false)));
            assert!(!poll.pays());
            assert!((0..REST).all(|_| !chance(&mut poll, false)));
            assert!(poll.pays());
        }
    }

    #[test]
    fn waits_that_paid_pay_for_others() {
        let mut poll = BusyPoll::new(LONGEST);
        assert!((0..1000).all(|number| chance(&mut poll, number % 2 == 0)), "half of them pay");
        assert!((0..100).all(|_| chance(&mut poll, true)));
        assert!((0..MOST_CREDIT).all(|_| chance(&mut poll, false)), "credit is bounded");
        assert!(!chance(&mut poll, false));
    }

    #[test]
    fn who_only_sends_waits_in_vain() {
        let (mut poll, begun) = (BusyPoll::new(LONGEST), Instant::now());
        let often = |step: u32| begun + LONGEST / 2 * step;
        let waited = (0..100).filter(|step| {
            poll.sent();
            poll.waits(|| often(*step))
        });
        assert!(waited.count() < 10);
        assert!(!poll.pays());
    }

    #[test]
    fn a_wait_that_was_interrupted_is_the_last() {
        let (mut poll, now) = (BusyPoll::new(LONGEST), Instant::now());
        assert!(chance(&mut poll, true) && chance(&mut poll, true));
        poll.sent();
        assert!(poll.waits(|| now));
        assert!(!poll.waits(|| now + LONGEST * (INTERRUPTED + 1)));
        assert!(!poll.pays());
    }
}
