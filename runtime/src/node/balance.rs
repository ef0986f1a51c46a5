//! Which of several instances gets a call.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt;
use tokio::time::Instant;

use crate::Endpoint;
use crate::hash::ByEndpoint;

/// Failures in a row that take an instance out.
const EJECT_AFTER: u32 = 5;

/// How long it stays out, the first time; a further failure doubles it.
const EJECT_FOR: Duration = Duration::from_secs(5);

/// Never out for longer.
const EJECT_AT_MOST: Duration = Duration::from_secs(60);

/// What a new sample weighs in the moving average of latencies.
const SAMPLE_WEIGHT: f32 = 0.2;

/// Peers remembered; beyond it those that nobody calls are forgotten.
const MAX_PEERS: usize = 4096;

/// What is known of peers. It outlives their instances: one that fails and registers again is no newcomer.
pub(super) struct Balancer {
    peers: Mutex<ByEndpoint<Arc<Health>>>,
    epoch: Instant,
}

impl Default for Balancer {
    fn default() -> Self {
        Self { peers: Mutex::default(), epoch: Instant::now() }
    }
}

/// How one peer does, as far as the calls of this process tell. Calls that end in the same moment may
/// overwrite each other's samples, which are averages anyway.
pub(super) struct Health {
    epoch: Instant,
    in_flight: AtomicU32,
    /// A float's bits; zero before the first sample.
    latency_micros: AtomicU32,
    /// In a row.
    failures: AtomicU32,
    /// Milliseconds from `epoch`; zero when it is not out.
    ejected_until: AtomicU64,
}

impl Balancer {
    /// What is known of `endpoint`.
    pub(super) fn health(&self, endpoint: &Endpoint) -> Arc<Health> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.len() >= MAX_PEERS && !peers.contains_key(endpoint) {
            peers.retain(|_, health| Arc::strong_count(health) > 1);
        }
        let new = || Arc::new(Health::new(self.epoch));
        Arc::clone(peers.entry(endpoint.clone()).or_insert_with(new))
    }
}

/// Power of two choices on calls under way × latency among those of `all` that are `eligible`; instances
/// that keep failing sit out. `None` when none is eligible.
pub(super) fn pick<T>(
    all: &[T],
    health: impl Fn(&T) -> &Health,
    eligible: impl Fn(&T) -> bool,
) -> Option<usize> {
    if let [only] = all {
        return eligible(only).then_some(0);
    }
    let now = Instant::now();
    let is_out = |one: &T| health(one).is_ejected(now);
    let (mut count, mut out) = (0, 0);
    for one in all.iter().filter(|one| eligible(one)) {
        count += 1;
        out += usize::from(is_out(one));
    }
    // More than half out means that the fault is likely not theirs.
    let all_in = out * 2 > count;
    let count = if all_in { count } else { count - out };
    let pool = || all.iter().enumerate().filter(|(_, one)| eligible(one) && (all_in || !is_out(one)));
    let mut rng = rand::rng();
    let place = rng.random_range(0..count.max(1));
    let first = pool().nth(place)?;
    if count == 1 {
        return Some(first.0);
    }
    let other = (place + 1 + rng.random_range(0..count - 1)) % count;
    // A peer may be out or back since they were counted.
    let second = pool().nth(other).unwrap_or(first);
    // A newcomer is taken for an average one: were it the cheapest, one that hangs would get all.
    let samples = pool().map(|(_, one)| health(one).latency()).filter(|sample| *sample > 0.0);
    let (sum, samples) = samples.fold((0.0, 0.0), |(sum, count), sample| (sum + sample, count + 1.0));
    let average = if samples > 0.0 { sum / samples } else { 1.0 };
    let cost = |one: &T| health(one).cost(average);
    Some(if cost(second.1) < cost(first.1) { second.0 } else { first.0 })
}

impl Health {
    fn new(epoch: Instant) -> Self {
        let (in_flight, latency_micros, failures) = (0.into(), 0.into(), 0.into());
        Self { epoch, in_flight, latency_micros, failures, ejected_until: 0.into() }
    }

    /// Counts a call, which [`Self::end`] counts out again.
    pub(super) fn begin(&self) {
        self.in_flight.fetch_add(1, Relaxed);
    }

    pub(super) fn end(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }

    /// It answered; `took` when that was measured.
    pub(super) fn succeeded(&self, took: Option<Duration>) {
        if let Some(took) = took {
            let sample = took.as_secs_f32() * 1e6;
            let known = Some(self.latency()).filter(|known| *known > 0.0).unwrap_or(sample);
            let average = known + SAMPLE_WEIGHT * (sample - known);
            self.latency_micros.store(average.to_bits(), Relaxed);
        }
        if self.failures.load(Relaxed) > 0 {
            self.failures.store(0, Relaxed);
            self.ejected_until.store(0, Relaxed);
        }
    }

    pub(super) fn failed(&self) {
        let failures = self.failures.fetch_add(1, Relaxed) + 1;
        if let Some(beyond) = failures.checked_sub(EJECT_AFTER) {
            let pause = EJECT_FOR.saturating_mul(1 << beyond.min(6)).min(EJECT_AT_MOST);
            let until = Instant::now() + pause - self.epoch;
            self.ejected_until.store(until.as_millis().try_into().unwrap_or(u64::MAX), Relaxed);
        }
    }

    fn latency(&self) -> f32 {
        f32::from_bits(self.latency_micros.load(Relaxed))
    }

    fn cost(&self, unmeasured_micros: f32) -> f32 {
        let latency = Some(self.latency()).filter(|known| *known > 0.0).unwrap_or(unmeasured_micros);
        #[allow(clippy::cast_precision_loss, reason = "calls are counted in thousands at most")]
        let calls = (self.in_flight.load(Relaxed) + 1) as f32;
        calls * latency
    }

    fn is_ejected(&self, now: Instant) -> bool {
        match self.ejected_until.load(Relaxed) {
            0 => false,
            until => (now - self.epoch).as_millis() < until.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(count: usize) -> Vec<Arc<Health>> {
        let balancer = Balancer::default();
        (0..count).map(|n| balancer.health(&Endpoint::new(format!("tcp://127.0.0.1:{n}")))).collect()
    }

    fn picks(peers: &[Arc<Health>], rounds: usize) -> Vec<usize> {
        let mut counts = vec![0; peers.len()];
        for _ in 0..rounds {
            counts[pick(peers, |peer| peer, |_| true).expect("there are some")] += 1;
        }
        counts
    }

    #[tokio::test(start_paused = true)]
    async fn idle_instances_share_the_calls() {
        let counts = picks(&peers(4), 4000);
        assert!(counts.iter().all(|count| (700..1300).contains(count)), "{counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_will_not_do_leave_their_share_to_all_others() {
        let peers = peers(4);
        let mut counts = [0; 4];
        for _ in 0..3000 {
            let will_do = |peer: &Arc<Health>| !Arc::ptr_eq(peer, &peers[1]);
            counts[pick(&peers, |peer| peer, will_do).expect("there are some")] += 1;
        }
        assert!(counts[1] == 0 && [0, 2, 3].iter().all(|n| (700..1300).contains(&counts[*n])), "{counts:?}");
        assert_eq!(pick(&peers, |peer| peer, |_| false), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_instance_gets_less() {
        let peers = peers(2);
        (0..10).for_each(|_| peers[0].begin());
        assert_eq!(picks(&peers, 100), [0, 100]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_newcomer_that_hangs_gets_its_share_and_no_more() {
        let peers = peers(2);
        peers[0].succeeded(Some(Duration::from_millis(10)));
        (0..3).for_each(|_| peers[1].begin());
        assert_eq!(picks(&peers, 100), [100, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn five_failures_in_a_row_take_an_instance_out_for_a_while() {
        let peers = peers(3);
        (0..5).for_each(|_| peers[0].failed());
        assert_eq!(picks(&peers, 300)[0], 0);
        tokio::time::advance(EJECT_FOR).await;
        assert!(picks(&peers, 300)[0] > 0);
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_half_are_out() {
        let peers = peers(3);
        for peer in &peers[..2] {
            (0..5).for_each(|_| peer.failed());
        }
        let counts = picks(&peers, 300);
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    }
}
