//! Whatever the rules of `lymph_diff` say of methods and events happens when peers of both sides meet.

use std::collections::BTreeSet;

use lymph_diff::{Consequence, Effect, Policy, RULES, Rule, diff};
use lymph_oracle::claims::judge_meetings;
use lymph_oracle::codec::Pair;
use lymph_oracle::fixture;
use lymph_oracle::judge::{Beyond, Direction, Judgement};
use lymph_oracle::operation::Version;
use lymph_oracle::pairs::PAIRS;

const GATEWAY: &str = "the HTTP gateway decides it; within the cluster nothing changes";
const POLICY: &str = "callers ask themselves what to do when no answer comes; what is sent is the same";
const RABBITMQ: &str = "only RabbitMQ outlives its consumers and minds how a queue was declared";
const WAITING: &str = "it happens to what waits in a queue while nobody consumes it";
const WORDS: &str = "people read it, and no peer does";
const EMITS: &str = "whether an event is emitted is decided by the code of servers, not by what they declare";
const FORMER: &str = "it comes with a new major, and only peers older than both sides use the former name";
const HUB: &str = "RabbitMQ gives partitions queues of their own; here, as on the hub, the second is refused";

/// What rules say that no meeting shows, or that meetings show otherwise for a reason.
const BEYOND: &[Beyond] = &[
    Beyond {
        rule: "http-mapping-added",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: GATEWAY,
    },
    Beyond {
        rule: "http-mapping-removed",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: GATEWAY,
    },
    Beyond { rule: "http-param-moved", direction: None, shows: Effect::Fine, because: GATEWAY },
    Beyond { rule: "http-path-changed", direction: None, shows: Effect::Fine, because: GATEWAY },
    Beyond { rule: "http-status-changed", direction: None, shows: Effect::Fine, because: GATEWAY },
    Beyond { rule: "http-verb-changed", direction: None, shows: Effect::Fine, because: GATEWAY },
    Beyond {
        rule: "internal-added",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: GATEWAY,
    },
    Beyond {
        rule: "internal-removed",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: GATEWAY,
    },
    Beyond {
        rule: "idempotent-added",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: POLICY,
    },
    Beyond {
        rule: "idempotent-removed",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: POLICY,
    },
    Beyond {
        rule: "error-retryable-added",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: POLICY,
    },
    Beyond { rule: "error-retryable-removed", direction: None, shows: Effect::Fine, because: POLICY },
    Beyond {
        rule: "timeout-lengthened",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: POLICY,
    },
    Beyond {
        rule: "timeout-shortened",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: POLICY,
    },
    Beyond {
        rule: "method-became-oneway",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: "what is lost are declared errors: a oneway handler fails with NACK, and here it does not fail",
    },
    Beyond {
        rule: "method-became-twoway",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: "what is lost are declared errors: a oneway handler fails with NACK, and here it does not fail",
    },
    Beyond {
        rule: "optional-result-removed",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: "that nothing comes where something may is told by the values of results",
    },
    Beyond {
        rule: "task-queue-renamed",
        direction: None,
        shows: Effect::Fine,
        because: "what waits in the queue left behind has no worker, and here nothing waits",
    },
    Beyond { rule: "task-queue-args-changed", direction: None, shows: Effect::Fine, because: RABBITMQ },
    Beyond { rule: "queue-args-changed", direction: None, shows: Effect::Fine, because: RABBITMQ },
    Beyond { rule: "subscription-durable-changed", direction: None, shows: Effect::Fine, because: RABBITMQ },
    Beyond { rule: "event-ttl-changed", direction: None, shows: Effect::Fine, because: WAITING },
    Beyond {
        rule: "event-retry-changed",
        direction: None,
        shows: Effect::Fine,
        because: "handlers that fail are tried again, and here none fails",
    },
    Beyond {
        rule: "event-became-broadcast",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: "each new instance hears everything; that old ones share it is seen from their side",
    },
    Beyond {
        rule: "event-left-broadcast",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: "each old instance hears everything; that new ones share it is seen from their side",
    },
    Beyond {
        rule: "subscription-removed",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: WAITING,
    },
    Beyond {
        rule: "subscription-pattern-changed",
        direction: None,
        shows: Effect::Fine,
        because: "a pattern hears what is in no schema, and so not emitted here",
    },
    Beyond { rule: "event-serial-added", direction: None, shows: Effect::Breaks, because: HUB },
    Beyond { rule: "event-serial-removed", direction: None, shows: Effect::Breaks, because: HUB },
    Beyond { rule: "event-order-key-changed", direction: None, shows: Effect::Breaks, because: HUB },
    Beyond { rule: "event-partitions-changed", direction: None, shows: Effect::Breaks, because: HUB },
];

/// Rules of methods and events that concern nobody who calls or listens.
const UNSEEN: &[(&str, &str)] = &[
    ("deprecation-changed", WORDS),
    ("doc-changed", WORDS),
    ("emits-added", EMITS),
    ("emits-moved", EMITS),
    ("emits-removed", EMITS),
    ("error-alias-removed", FORMER),
    ("event-alias-removed", FORMER),
    ("method-alias-removed", FORMER),
    ("reserved-added", "a name that nobody may use is in no message"),
    ("since-released", "it is told of versions, when what they say is already served"),
    ("type-removed-unreachable", "no method or event has such a value"),
];

fn judge_all(beyond: &[Beyond]) -> Vec<Judgement> {
    PAIRS.iter().map(|pair| judge_pair(pair, beyond)).collect()
}

fn judge_pair(pair: &'static Pair, beyond: &[Beyond]) -> Judgement {
    let (old, new) = (fixture::load(pair.case, "old"), fixture::load(pair.case, "new"));
    let report = diff(&old, &new, &Policy::default());
    let old = Version { schema: &old, codecs: &pair.old };
    let new = Version { schema: &new, codecs: &pair.new };
    judge_meetings(pair.case, old, new, &report, beyond)
}

#[test]
fn what_is_said_is_what_happens() {
    let all = judge_all(BEYOND);
    let wrong: Vec<_> = all.iter().flat_map(|it| it.disagreements.iter().cloned()).collect();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_exception_is_needed() {
    let all = judge_all(BEYOND);
    let needed: BTreeSet<usize> = all.iter().flat_map(|it| it.needed.iter().copied()).collect();
    let idle = BEYOND.iter().enumerate().filter(|(place, _)| !needed.contains(place));
    let idle: Vec<_> = idle.map(|(_, it)| format!("{}: {}", it.rule, it.because)).collect();
    assert!(idle.is_empty(), "not needed: {idle:#?}");
}

#[test]
fn every_rule_of_methods_and_events_is_put_to_the_test() {
    let all = judge_all(BEYOND);
    let tested: BTreeSet<&str> = all.iter().flat_map(|it| &it.tested).map(String::as_str).collect();
    let unseen: BTreeSet<&str> = UNSEEN.iter().map(|(rule, _)| *rule).collect();
    let meets =
        |rule: &&&Rule| matches!(rule.consequence, Consequence::Call { .. } | Consequence::Event { .. });
    let meeting = RULES.iter().filter(meets).map(|rule| rule.id);
    let missed: BTreeSet<&str> = meeting.filter(|id| !tested.contains(id)).collect();
    assert_eq!(missed, unseen, "left: no meeting shows them; right: they are said not to be shown");
}
