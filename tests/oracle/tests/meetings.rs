//! Whatever the rules of `lymph_diff` say of methods and events happens when peers of both sides meet.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lymph_diff::{Consequence, Effect};

const GATEWAY: &str = "the HTTP gateway decides it; within the cluster nothing changes";
const POLICY: &str = "callers ask themselves what to do when no answer comes; what is sent is the same";
const RABBITMQ: &str = "only RabbitMQ outlives its consumers and minds how a queue was declared";
const WAITING: &str = "it happens to what waits in a queue while nobody consumes it";
const NOT_IN_CODE: &str = "it says something to people and tools, and generated code has nothing of it";
const NOT_YET: &str = "the old side has none, and so meets nobody with it";
const NO_LONGER: &str = "the new side has none, and so meets nobody with it";
const UNUSED: &str = "no method or event of the cases has such a value";
const IMPORTED: &str = "events that are only imported are told where somebody asks for what declares them";
const DURABLE: &str =
    "at RabbitMQ one queue's name is that of the other with `.durable`, which nothing here adds";
const EMITS: &str = "whether an event is emitted is decided by the code of servers, not by what they declare";
const FORMER: &str = "it comes with a new major, and only peers older than both sides use the former name";
const HUB: &str = "RabbitMQ gives partitions queues of their own; here, as on the hub, the second is refused";
use lymph_oracle::claims::judge_meetings;
use lymph_oracle::direction::Direction;
use lymph_oracle::exceptions::{Apart, Beyond, Claim, Unseen};
use lymph_oracle::judge::{Judge, Judgement};

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
    Beyond {
        rule: "error-alias-removed",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: FORMER,
    },
    Beyond { rule: "event-alias-removed", direction: None, shows: Effect::Fine, because: FORMER },
    Beyond {
        rule: "method-alias-removed",
        direction: Some(Direction::Backward),
        shows: Effect::Fine,
        because: FORMER,
    },
    Beyond { rule: "event-serial-added", direction: None, shows: Effect::Breaks, because: HUB },
    Beyond { rule: "event-serial-removed", direction: None, shows: Effect::Breaks, because: HUB },
    Beyond { rule: "event-order-key-changed", direction: None, shows: Effect::Breaks, because: HUB },
    Beyond { rule: "event-partitions-changed", direction: None, shows: Effect::Breaks, because: HUB },
];

/// What rules say of nobody who calls or listens.
const UNSEEN: &[Unseen] = &[
    Unseen { rule: "deprecation-changed", direction: None, because: NOT_IN_CODE },
    Unseen { rule: "doc-changed", direction: None, because: NOT_IN_CODE },
    Unseen { rule: "emits-added", direction: None, because: EMITS },
    Unseen { rule: "emits-moved", direction: None, because: EMITS },
    Unseen { rule: "emits-removed", direction: None, because: EMITS },
    Unseen { rule: "event-added", direction: Some(Direction::Forward), because: NOT_YET },
    Unseen { rule: "interface-added", direction: Some(Direction::Backward), because: NOT_YET },
    Unseen { rule: "subscription-added", direction: Some(Direction::Forward), because: NOT_YET },
    Unseen {
        rule: "broadcast-subscription-removed",
        direction: Some(Direction::Backward),
        because: NO_LONGER,
    },
    Unseen { rule: "event-removed", direction: Some(Direction::Backward), because: NO_LONGER },
    Unseen { rule: "interface-removed", direction: Some(Direction::Forward), because: NO_LONGER },
    Unseen { rule: "subscription-removed", direction: Some(Direction::Backward), because: NO_LONGER },
    Unseen {
        rule: "reserved-added",
        direction: None,
        because: "a name that nobody may use is in no message",
    },
    Unseen { rule: "since-released", direction: None, because: NOT_IN_CODE },
    Unseen { rule: "type-added", direction: None, because: UNUSED },
    Unseen { rule: "type-removed-unreachable", direction: None, because: UNUSED },
];

/// What happens in single cases that no finding tells, and why it need not.
const APART: &[Apart] = &[
    Apart {
        case: "case-events-of-imports",
        name: "place.found",
        direction: Direction::Backward,
        because: IMPORTED,
    },
    Apart {
        case: "case-events-of-imports",
        name: "Geo.note",
        direction: Direction::Backward,
        because: IMPORTED,
    },
    Apart {
        case: "case-events-of-imports",
        name: "place.lost",
        direction: Direction::Forward,
        because: IMPORTED,
    },
    Apart {
        case: "case-events-of-imports",
        name: "Geo.lost",
        direction: Direction::Forward,
        because: IMPORTED,
    },
    Apart {
        case: "case-events-of-imports-emitted",
        name: "place.lost",
        direction: Direction::Backward,
        because: IMPORTED,
    },
    Apart {
        case: "case-events-of-imports-emitted",
        name: "Geo.place_lost",
        direction: Direction::Backward,
        because: IMPORTED,
    },
    Apart {
        case: "case-handler-sequential-on-another-queue",
        name: "Geo.yy",
        direction: Direction::Backward,
        because: DURABLE,
    },
    Apart {
        case: "case-handler-sequential-on-another-queue",
        name: "Geo.y",
        direction: Direction::Forward,
        because: DURABLE,
    },
];

const JUDGE: Judge = Judge { judge: judge_meetings, beyond: BEYOND, apart: APART };
static JUDGEMENT: LazyLock<Judgement> = LazyLock::new(|| JUDGE.of_all());

#[test]
fn what_is_said_is_what_happens() {
    let wrong = JUDGE.wrong(&JUDGEMENT);
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_exception_is_needed() {
    let idle = JUDGE.idle(&JUDGEMENT);
    assert!(idle.is_empty(), "not needed: {idle:#?}");
}

#[test]
fn it_complains_of_each_rule_that_says_something_else() {
    let of_calls_or_events = |it| matches!(it, Consequence::Call { .. } | Consequence::Event { .. });
    let unnoticed = JUDGE.unnoticed(of_calls_or_events);
    let unseen: BTreeSet<Claim> = UNSEEN.iter().flat_map(Unseen::claims).collect();
    assert_eq!(unnoticed, unseen, "left: it does not complain; right: it is said not to");
}

#[test]
fn it_complains_of_each_guard_that_is_said_otherwise() {
    let unnoticed = JUDGE.unnoticed_guards();
    assert!(unnoticed.is_empty(), "{unnoticed:#?} could say otherwise whom they keep back");
}
