//! Which of several instances gets a call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::RngExt;
use tokio::time::Instant;

use crate::Endpoint;
use crate::registry::Instance;

/// Failures in a row that take an instance out.
const EJECT_AFTER: u32 = 5;

/// How long it stays out, the first time; a further failure doubles it.
const EJECT_FOR: Duration = Duration::from_secs(5);

/// Never out for longer.
const EJECT_AT_MOST: Duration = Duration::from_secs(60);

/// What a new sample weighs in the moving average of latencies.
const SAMPLE_WEIGHT: f64 = 0.2;

/// Peers remembered; beyond it the ones longest unused are forgotten.
const MAX_PEERS: usize = 4096;

/// Power of two choices on calls under way × latency; instances that keep failing sit out.
#[derive(Default)]
pub(super) struct Balancer {
    peers: Mutex<HashMap<Arc<str>, Peer>>,
}

#[derive(Debug, Clone)]
struct Peer {
    in_flight: u32,
    latency_micros: f64,
    failures: u32,
    ejected_until: Option<Instant>,
    used: Instant,
}

impl Peer {
    fn new() -> Self {
        Self { in_flight: 0, latency_micros: 0.0, failures: 0, ejected_until: None, used: Instant::now() }
    }

    fn cost(&self, unmeasured_micros: f64) -> f64 {
        let latency = if self.latency_micros == 0.0 { unmeasured_micros } else { self.latency_micros };
        f64::from(self.in_flight + 1) * latency
    }

    fn is_ejected(&self, now: Instant) -> bool {
        self.ejected_until.is_some_and(|until| now < until)
    }
}

impl Balancer {
    /// One of `candidates`, which are not empty.
    pub(super) fn pick<'a>(&self, candidates: &[&'a Instance]) -> &'a Instance {
        let peers = self.lock();
        let now = Instant::now();
        let peer = |instance: &Instance| peers.get(instance.endpoint.as_str());
        let healthy: Vec<&Instance> = candidates
            .iter()
            .copied()
            .filter(|instance| !peer(instance).is_some_and(|peer| peer.is_ejected(now)))
            .collect();
        // More than half out means that the fault is likely not theirs.
        let pool = if healthy.len() * 2 >= candidates.len() { &healthy } else { candidates };
        let mut rng = rand::rng();
        let first = rng.random_range(0..pool.len());
        let second = (first + rng.random_range(0..pool.len().max(2) - 1) + 1) % pool.len();
        // A newcomer is taken for an average one: were it the cheapest, one that hangs would get all.
        let samples = pool.iter().filter_map(|one| peer(one)).map(|peer| peer.latency_micros);
        let (sum, count) =
            samples.filter(|sample| *sample > 0.0).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
        let average = if count > 0.0 { sum / count } else { 1.0 };
        let cost = |index: usize| peer(pool[index]).map_or(average, |peer| peer.cost(average));
        pool[if cost(second) < cost(first) { second } else { first }]
    }

    /// Counts a call to `endpoint` until the returned guard learns its outcome or is dropped.
    pub(super) fn begin(&self, endpoint: &Endpoint) -> Measured<'_> {
        let mut peers = self.lock();
        if peers.len() >= MAX_PEERS && !peers.contains_key(endpoint.as_str()) {
            let idle = peers.iter().filter(|(_, peer)| peer.in_flight == 0);
            if let Some(oldest) = idle.min_by_key(|(_, peer)| peer.used).map(|(name, _)| Arc::clone(name)) {
                peers.remove(&oldest);
            }
        }
        let name: Arc<str> = endpoint.as_str().into();
        let peer = peers.entry(Arc::clone(&name)).or_insert_with(Peer::new);
        peer.in_flight += 1;
        peer.used = Instant::now();
        Measured { balancer: self, name, started: Instant::now() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call under way; dropped without an outcome it counts neither way.
pub(super) struct Measured<'a> {
    balancer: &'a Balancer,
    name: Arc<str>,
    started: Instant,
}

impl Measured<'_> {
    pub(super) fn succeeded(self) {
        let sample = self.started.elapsed().as_secs_f64() * 1e6;
        self.update(|peer| {
            let known = if peer.latency_micros == 0.0 { sample } else { peer.latency_micros };
            peer.latency_micros = known + SAMPLE_WEIGHT * (sample - known);
            peer.failures = 0;
            peer.ejected_until = None;
        });
    }

    pub(super) fn failed(self) {
        self.update(|peer| {
            peer.failures += 1;
            if let Some(beyond) = peer.failures.checked_sub(EJECT_AFTER) {
                let pause = EJECT_FOR.saturating_mul(1 << beyond.min(6)).min(EJECT_AT_MOST);
                peer.ejected_until = Some(Instant::now() + pause);
            }
        });
    }

    fn update(&self, change: impl FnOnce(&mut Peer)) {
        if let Some(peer) = self.balancer.lock().get_mut(&self.name) {
            change(peer);
        }
    }
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        self.update(|peer| peer.in_flight = peer.in_flight.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instances(count: usize) -> Vec<Instance> {
        (0..count)
            .map(|n| Instance::new("echo", None, &Endpoint::new(format!("tcp://127.0.0.1:{n}"))))
            .collect()
    }

    fn picks(balancer: &Balancer, candidates: &[&Instance], rounds: usize) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for _ in 0..rounds {
            *counts.entry(balancer.pick(candidates).endpoint.clone()).or_default() += 1;
        }
        counts
    }

    #[tokio::test(start_paused = true)]
    async fn idle_instances_share_the_calls() {
        let instances = instances(4);
        let candidates: Vec<_> = instances.iter().collect();
        let counts = picks(&Balancer::default(), &candidates, 4000);
        assert!(counts.len() == 4 && counts.values().all(|count| (700..1300).contains(count)), "{counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_instance_gets_less() {
        let (balancer, instances) = (Balancer::default(), instances(2));
        let busy = Endpoint::new(instances[0].endpoint.as_str());
        let _calls: Vec<_> = (0..10).map(|_| balancer.begin(&busy)).collect();
        let counts = picks(&balancer, &instances.iter().collect::<Vec<_>>(), 100);
        assert_eq!(counts.get(&instances[1].endpoint), Some(&100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_newcomer_that_hangs_gets_its_share_and_no_more() {
        let (balancer, instances) = (Balancer::default(), instances(2));
        let known = Endpoint::new(instances[0].endpoint.as_str());
        let measured = balancer.begin(&known);
        tokio::time::advance(Duration::from_millis(10)).await;
        measured.succeeded();
        let hanging = Endpoint::new(instances[1].endpoint.as_str());
        let _calls: Vec<_> = (0..3).map(|_| balancer.begin(&hanging)).collect();
        let counts = picks(&balancer, &instances.iter().collect::<Vec<_>>(), 100);
        assert_eq!(counts.get(&instances[0].endpoint), Some(&100));
    }

    #[tokio::test(start_paused = true)]
    async fn five_failures_in_a_row_take_an_instance_out_for_a_while() {
        let (balancer, instances) = (Balancer::default(), instances(3));
        let candidates: Vec<_> = instances.iter().collect();
        let bad = Endpoint::new(instances[0].endpoint.as_str());
        (0..5).for_each(|_| balancer.begin(&bad).failed());
        assert_eq!(picks(&balancer, &candidates, 300).get(&instances[0].endpoint), None);
        tokio::time::advance(EJECT_FOR).await;
        assert!(picks(&balancer, &candidates, 300).contains_key(&instances[0].endpoint));
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_half_are_out() {
        let (balancer, instances) = (Balancer::default(), instances(3));
        for instance in &instances[..2] {
            let bad = Endpoint::new(instance.endpoint.as_str());
            (0..5).for_each(|_| balancer.begin(&bad).failed());
        }
        assert_eq!(picks(&balancer, &instances.iter().collect::<Vec<_>>(), 300).len(), 3);
    }
}
