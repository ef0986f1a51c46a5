//! What a process counts about itself, as `lymph.get_metrics` tells it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::service::Answer;

/// One number with what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) tags: BTreeMap<&'static str, String>,
}

/// Counters since the process started. Subjects are those of hosted methods, so their number is bounded.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    calls: Mutex<BTreeMap<(Arc<str>, &'static str), Calls>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Calls {
    count: u64,
    busy: Duration,
}

impl Metrics {
    /// A request was answered; `None` when nobody waited for the answer any more.
    pub(crate) fn served(&self, subject: &Arc<str>, answer: Option<&Answer>, took: Duration) {
        let outcome = match answer {
            Some(Answer::Reply(_) | Answer::Ack) => "ok",
            Some(Answer::Error(_)) => "error",
            Some(Answer::Nack) => "nack",
            Some(Answer::Rejected(_)) => "rejected",
            None => "abandoned",
        };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = calls.entry((Arc::clone(subject), outcome)).or_default();
        entry.count += 1;
        entry.busy += took;
    }

    /// Requests that a handler ran for and that were answered, those to `lymph.*` apart.
    pub(crate) fn answered(&self) -> u64 {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let own = calls.iter().filter(|((subject, outcome), _)| {
            !subject.starts_with("lymph.") && !matches!(*outcome, "rejected" | "abandoned")
        });
        own.map(|(_, calls)| calls.count).sum()
    }

    /// All counters.
    pub(crate) fn samples(&self) -> Vec<Sample> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut samples = Vec::with_capacity(2 * calls.len());
        for ((subject, outcome), Calls { count, busy }) in calls.iter() {
            let tags =
                || BTreeMap::from([("subject", subject.to_string()), ("outcome", (*outcome).to_owned())]);
            #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
            samples.push(Sample { name: "rpc", value: *count as f64, tags: tags() });
            samples.push(Sample { name: "rpc.seconds", value: busy.as_secs_f64(), tags: tags() });
        }
        samples
    }
}
