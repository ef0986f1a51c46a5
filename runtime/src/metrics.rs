//! What a process counts about itself, as `lymph.get_metrics` tells it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::service::Answer;

/// One number with what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) tags: BTreeMap<&'static str, String>,
}

/// How requests end.
const OUTCOMES: [&str; 5] = ["ok", "error", "nack", "rejected", "abandoned"];

/// Requests to one method since the process started.
#[derive(Debug)]
pub(crate) struct MethodMetrics {
    /// `Interface.method`.
    subject: String,
    calls: [Calls; OUTCOMES.len()],
}

#[derive(Debug, Default)]
struct Calls {
    count: AtomicU64,
    busy_nanos: AtomicU64,
}

impl MethodMetrics {
    pub(crate) fn new(subject: String) -> Self {
        Self { subject, calls: Default::default() }
    }

    /// A request was answered; `None` when nobody waited for the answer any more.
    pub(crate) fn served(&self, answer: Option<&Answer>, took: Duration) {
        let outcome = match answer {
            Some(Answer::Reply(_) | Answer::Ack) => 0,
            Some(Answer::Error(_)) => 1,
            Some(Answer::Nack) => 2,
            Some(Answer::Rejected(_)) => 3,
            None => 4,
        };
        let calls = &self.calls[outcome];
        calls.count.fetch_add(1, Relaxed);
        calls.busy_nanos.fetch_add(took.as_nanos() as u64, Relaxed);
    }
}

/// Counters of all hosted methods.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    methods: OnceLock<Vec<Arc<MethodMetrics>>>,
}

impl Metrics {
    /// From here on these are told; those of the interface that tells them among them.
    pub(crate) fn cover(&self, methods: Vec<Arc<MethodMetrics>>) {
        self.methods.set(methods).expect("a process has one server");
    }

    fn methods(&self) -> impl Iterator<Item = &MethodMetrics> {
        self.methods.get().into_iter().flatten().map(|method| &**method)
    }

    /// Requests that a handler ran for and that were answered, those to `lymph.*` apart.
    pub(crate) fn answered(&self) -> u64 {
        let own = self.methods().filter(|method| !method.subject.starts_with("lymph."));
        own.flat_map(|method| &method.calls[..3]).map(|calls| calls.count.load(Relaxed)).sum()
    }

    /// All counters that are not zero, by subject; versions are counted together.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        let mut sums: BTreeMap<(&str, &'static str), (u64, Duration)> = BTreeMap::new();
        for method in self.methods() {
            for (outcome, calls) in OUTCOMES.into_iter().zip(&method.calls) {
                let count = calls.count.load(Relaxed);
                if count > 0 {
                    let (sum, busy) = sums.entry((&method.subject, outcome)).or_default();
                    *sum += count;
                    *busy += Duration::from_nanos(calls.busy_nanos.load(Relaxed));
                }
            }
        }
        let mut samples = Vec::with_capacity(2 * sums.len());
        for ((subject, outcome), (count, busy)) in sums {
            let tags = || BTreeMap::from([("subject", subject.to_owned()), ("outcome", outcome.to_owned())]);
            #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
            samples.push(Sample { name: "rpc", value: count as f64, tags: tags() });
            samples.push(Sample { name: "rpc.seconds", value: busy.as_secs_f64(), tags: tags() });
        }
        samples
    }
}
