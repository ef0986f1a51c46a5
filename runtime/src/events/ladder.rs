//! How long a failed delivery waits for its next try.

use std::time::Duration;

/// How long a failed event may hold up those of its key at a time.
const LONGEST_IN_ORDER: Duration = Duration::from_secs(30);

/// Pauses before the second, third, … try; the last one stands for all that follow.
///
/// ```
/// use std::time::Duration;
/// use lymph::events::Ladder;
/// let ladder = Ladder::default();
/// assert_eq!(ladder.pause_before(1), Duration::from_secs(1));
/// assert_eq!(ladder.pause_before(100), Duration::from_secs(300));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder(Vec<Duration>);

impl Ladder {
    /// A ladder with these rungs, in whole milliseconds, rounded up; without any, failed
    /// deliveries come again at once.
    pub fn new(rungs: impl IntoIterator<Item = Duration>) -> Self {
        Self(rungs.into_iter().map(whole_millis).collect())
    }

    /// How long to wait before try number `retry`, where the first retry is 1.
    #[must_use]
    pub fn pause_before(&self, retry: u32) -> Duration {
        let index = (retry.saturating_sub(1) as usize).min(self.0.len().saturating_sub(1));
        self.0.get(index).copied().unwrap_or_default()
    }

    /// How long to wait while other events wait behind this one: as [`Self::pause_before`], but no
    /// longer than half a minute.
    #[must_use]
    pub fn pause_in_order(&self, retry: u32) -> Duration {
        self.pause_before(retry).min(LONGEST_IN_ORDER)
    }

    /// The rungs, lowest first.
    #[must_use]
    pub fn rungs(&self) -> &[Duration] {
        &self.0
    }
}

impl Default for Ladder {
    /// 1 s, 5 s, 30 s, 5 min.
    fn default() -> Self {
        Self::new([1, 5, 30, 300].map(Duration::from_secs))
    }
}

/// Rounded up: brokers count in milliseconds, and nothing may be early.
pub(crate) fn whole_millis(duration: Duration) -> Duration {
    let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    Duration::from_millis(millis)
}
