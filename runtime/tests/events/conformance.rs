//! What every event bus owes its users; a backend joins with one line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use lymph::describe::{Delivery, DeliveryMode};
use lymph::error::EmitError;
use lymph::events::{Consumer, Delivered, EventBus, Ladder, Outcome, Outgoing, Subscribed, Subscription};
use lymph::{Headers, Value, codec};
use tokio::sync::{Barrier, Semaphore, mpsc};
use tokio::time::Instant;

/// Makes the tests below for each backend, an expression that gives a [`Backend`]; more arguments
/// of `tokio::test` stand before it.
macro_rules! event_buses {
    ($($(#[$feature:meta])? $backend:ident $runtime:tt: $new:expr;)*) => {$(
        $(#[$feature])?
        mod $backend {
            #[allow(unused_imports)]
            use super::*;
            conformance::event_buses!(@ $runtime $new;
                carries_everything fans_out shares_one_queue tells_every_instance reads_wildcards
                climbs_the_ladder retries_only_where_it_failed buries_what_is_exhausted
                buries_what_is_discarded delays_are_never_early drops_what_is_worthless keeps_order_per_key
                a_failing_event_holds_up_its_key_only one_at_a_time_over_all_instances
                says_whether_anybody_listens keeps_events_while_nobody_consumes
                limits_what_runs_at_once stopping_settles_what_runs cut_off_handlers_run_elsewhere
                closing_lets_handlers_finish refuses_once_closed);
        }
    )*};
    (@ $runtime:tt $new:expr; $($test:ident)*) => {$(
        #[tokio::test $runtime]
        async fn $test() {
            conformance::$test(&$new).await;
        }
    )*};
}
pub(crate) use event_buses;

/// A broker, and ways into it.
pub(crate) trait Backend: Sync {
    /// One more process's bus; all have [`ladder`].
    fn bus(&self) -> BoxFuture<'_, Arc<dyn EventBus>>;

    /// Ids of the events that a queue could not deliver, oldest first.
    fn dead<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Vec<String>>;
}

/// Short enough for tests in real time, long enough to tell the rungs apart.
pub(crate) fn ladder() -> Ladder {
    Ladder::new([50, 150].map(Duration::from_millis))
}

/// Nothing below takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn event(topic: &str, body: &Value) -> Outgoing {
    let mut headers = Headers::new();
    headers.insert("trace_id", "8ebaa3ee065c4347804c9325bc530b1f");
    Outgoing {
        topic: topic.to_owned(),
        id: uuid::Uuid::now_v7().to_string(),
        headers,
        body: codec::to_bytes(body),
        source: "c3f7d23e076818116118a04437c895af".to_owned(),
        delay: Duration::ZERO,
        ttl: None,
    }
}

pub(crate) fn subscription(queue: &str, topics: &[&str], mode: DeliveryMode) -> Subscription {
    Subscription {
        queue: queue.to_owned(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        delivery: Delivery { mode, ..Delivery::SHARED },
        concurrency: 8,
        python_compatible: false,
    }
}

fn shared(queue: &str, topics: &[&str]) -> Subscription {
    subscription(queue, topics, DeliveryMode::Shared)
}

pub(crate) fn with_retries(retries: u32, subscription: Subscription) -> Subscription {
    Subscription { delivery: Delivery { retries, ..subscription.delivery }, ..subscription }
}

/// Deliveries as they came, with the time of each.
pub(crate) struct Recorder {
    sender: mpsc::UnboundedSender<(Delivered, Instant)>,
    receiver: tokio::sync::Mutex<mpsc::UnboundedReceiver<(Delivered, Instant)>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, receiver: tokio::sync::Mutex::new(receiver) }
    }

    /// Records each delivery and settles it as `outcome` says.
    pub(crate) fn consumer(
        &self,
        outcome: impl Fn(&Delivered) -> Outcome + Send + Sync + 'static,
    ) -> Consumer {
        let sender = self.sender.clone();
        Arc::new(move |delivered| {
            let outcome = outcome(&delivered);
            // A test may end while its bus still delivers.
            drop(sender.send((delivered, Instant::now())));
            std::future::ready(outcome).boxed()
        })
    }

    pub(crate) fn done(&self) -> Consumer {
        self.consumer(|_| Outcome::Done)
    }

    pub(crate) async fn next(&self) -> (Delivered, Instant) {
        self.next_within(PATIENCE).await
    }

    pub(crate) async fn next_within(&self, patience: Duration) -> (Delivered, Instant) {
        let mut receiver = self.receiver.lock().await;
        let next = tokio::time::timeout(patience, receiver.recv()).await;
        next.expect("no delivery came").expect("the recorder keeps a sender")
    }

    /// The next ones, in the order they came.
    pub(crate) async fn numbers(&self, count: usize) -> Vec<i64> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            numbers.push(number(&self.next().await.0));
        }
        numbers
    }

    /// The next ones where several may be handled at once.
    pub(crate) async fn sorted(&self, count: usize) -> Vec<i64> {
        let mut numbers = self.numbers(count).await;
        numbers.sort_unstable();
        numbers
    }

    /// Nothing came that was not asked for.
    pub(crate) async fn nothing_more(&self) {
        if let Ok((delivered, _)) = self.receiver.lock().await.try_recv() {
            panic!("{delivered:?} came as well");
        }
    }
}

fn number(delivered: &Delivered) -> i64 {
    let body: Value = codec::from_bytes(&delivered.body).expect("our own body");
    body.get("n").and_then(Value::as_i64).expect("a number")
}

pub(crate) fn numbered(number: i64) -> Value {
    serde_json::json!({ "n": number }).into()
}

pub(crate) async fn subscribe(
    bus: &Arc<dyn EventBus>,
    to: Subscription,
    consumer: Consumer,
) -> Box<dyn Subscribed> {
    bus.subscribe(to, consumer).await.expect("subscribed")
}

pub(crate) async fn emit(bus: &Arc<dyn EventBus>, event: Outgoing) -> bool {
    bus.emit(event, PATIENCE).await.expect("emitted").subscribed
}

pub(crate) async fn carries_everything(backend: &impl Backend) {
    let (here, there) = (backend.bus().await, backend.bus().await);
    let recorder = Recorder::new();
    let _subscribed = subscribe(&there, shared("I-h", &["greeted"]), recorder.done()).await;
    let sent = event("greeted", &serde_json::json!({ "name": "Zoë", "at": [1, null] }).into());
    assert!(emit(&here, sent.clone()).await);
    let (delivered, _) = recorder.next().await;
    assert_eq!(delivered.topic, sent.topic);
    assert_eq!(delivered.id, sent.id);
    assert_eq!(delivered.headers, sent.headers);
    assert_eq!(delivered.body, sent.body);
    assert_eq!(delivered.source, Some(sent.source));
    assert_eq!((delivered.attempt, delivered.redelivered), (0, false));
}

pub(crate) async fn fans_out(backend: &impl Backend) {
    let bus = backend.bus().await;
    let (first, second) = (Recorder::new(), Recorder::new());
    let _first = subscribe(&bus, shared("A-h", &["t"]), first.done()).await;
    let _second = subscribe(&bus, shared("B-h", &["t", "u"]), second.done()).await;
    for n in 0..3 {
        assert!(emit(&bus, event("t", &numbered(n))).await);
    }
    assert_eq!(first.sorted(3).await, [0, 1, 2]);
    assert_eq!(second.sorted(3).await, [0, 1, 2]);
}

pub(crate) async fn shares_one_queue(backend: &impl Backend) {
    let (here, there) = (backend.bus().await, backend.bus().await);
    let (recorder, both) = (Recorder::new(), Arc::new(Barrier::new(2)));
    let waits_for_the_other = || -> Consumer {
        let (record, both) = (recorder.done(), Arc::clone(&both));
        Arc::new(move |delivered| {
            let both = Arc::clone(&both);
            let recorded = record(delivered);
            async move {
                both.wait().await;
                recorded.await
            }
            .boxed()
        })
    };
    let one = Subscription { concurrency: 1, ..shared("I-h", &["t"]) };
    let _here = subscribe(&here, one.clone(), waits_for_the_other()).await;
    let _there = subscribe(&there, one, waits_for_the_other()).await;
    for n in 0..4 {
        emit(&here, event("t", &numbered(n))).await;
    }
    let seen: BTreeSet<i64> = recorder.numbers(4).await.into_iter().collect();
    assert_eq!(seen, BTreeSet::from([0, 1, 2, 3]));
    recorder.nothing_more().await;
}

pub(crate) async fn tells_every_instance(backend: &impl Backend) {
    let (here, there) = (backend.bus().await, backend.bus().await);
    let (first, second) = (Recorder::new(), Recorder::new());
    let everyone = subscription("I-h", &["t"], DeliveryMode::Broadcast);
    let _here = subscribe(&here, everyone.clone(), first.done()).await;
    let there_too = subscribe(&there, everyone, second.done()).await;
    emit(&here, event("t", &numbered(1))).await;
    assert_eq!((first.numbers(1).await, second.numbers(1).await), (vec![1], vec![1]));
    there_too.stop().await;
    emit(&here, event("t", &numbered(2))).await;
    assert_eq!(first.numbers(1).await, [2]);
    second.nothing_more().await;
}

pub(crate) async fn reads_wildcards(backend: &impl Backend) {
    let bus = backend.bus().await;
    let (words, rest) = (Recorder::new(), Recorder::new());
    let _words = subscribe(&bus, shared("I-words", &["user.*.deleted"]), words.done()).await;
    let _rest = subscribe(&bus, shared("I-rest", &["user.#", "user.7.deleted"]), rest.done()).await;
    assert!(emit(&bus, event("user.7.deleted", &numbered(1))).await);
    assert!(emit(&bus, event("user", &numbered(2))).await);
    assert!(!emit(&bus, event("users.7.deleted", &numbered(3))).await);
    assert_eq!(words.numbers(1).await, [1]);
    assert_eq!(rest.sorted(2).await, [1, 2]);
    words.nothing_more().await;
    rest.nothing_more().await;
}

pub(crate) async fn climbs_the_ladder(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let fails = |delivered: &Delivered| if delivered.attempt < 3 { Outcome::Retry } else { Outcome::Done };
    let patient = with_retries(3, shared("I-h", &["t"]));
    let _subscribed = subscribe(&bus, patient, recorder.consumer(fails)).await;
    let sent = event("t", &numbered(1));
    emit(&bus, sent.clone()).await;
    let (first, mut before) = recorder.next().await;
    assert_eq!((first.attempt, first.redelivered, first.id), (0, false, sent.id.clone()));
    for attempt in 1..=3 {
        let (delivered, now) = recorder.next().await;
        assert_eq!((delivered.attempt, delivered.redelivered), (attempt, true));
        assert_eq!((&delivered.topic, &delivered.id, &delivered.body), (&sent.topic, &sent.id, &sent.body));
        // The broker's clock ticks in milliseconds and starts before ours.
        let pause = ladder().pause_before(attempt);
        assert!(now - before >= pause - Duration::from_millis(5), "try {attempt} after {:?}", now - before);
        before = now;
    }
    assert!(backend.dead("I-h").await.is_empty());
}

pub(crate) async fn retries_only_where_it_failed(backend: &impl Backend) {
    let bus = backend.bus().await;
    let (fails, works) = (Recorder::new(), Recorder::new());
    let once = |delivered: &Delivered| if delivered.attempt == 0 { Outcome::Retry } else { Outcome::Done };
    let _fails = subscribe(&bus, with_retries(1, shared("A-h", &["#"])), fails.consumer(once)).await;
    let _works = subscribe(&bus, shared("B-h", &["#"]), works.done()).await;
    emit(&bus, event("t", &numbered(1))).await;
    assert_eq!(fails.numbers(2).await, [1, 1]);
    assert_eq!(works.numbers(1).await, [1]);
    emit(&bus, event("t", &numbered(2))).await;
    assert_eq!(works.numbers(1).await, [2]);
}

pub(crate) async fn buries_what_is_exhausted(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let patient = with_retries(1, shared("I-h", &["t"]));
    let _subscribed = subscribe(&bus, patient, recorder.consumer(|_| Outcome::Retry)).await;
    let sent = event("t", &numbered(1));
    emit(&bus, sent.clone()).await;
    assert_eq!(recorder.numbers(2).await, [1, 1]);
    has_buried(backend, "I-h", &[&sent.id]).await;
    recorder.nothing_more().await;
}

pub(crate) async fn buries_what_is_discarded(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let patient = with_retries(5, shared("I-h", &["t"]));
    let _subscribed = subscribe(&bus, patient, recorder.consumer(|_| Outcome::Discard)).await;
    let sent = [event("t", &numbered(1)), event("t", &numbered(2))];
    for event in &sent {
        emit(&bus, event.clone()).await;
    }
    assert_eq!(recorder.sorted(2).await, [1, 2]);
    has_buried(backend, "I-h", &[&sent[0].id, &sent[1].id]).await;
}

/// Waits until exactly these are dead letters, in any order.
pub(crate) async fn has_buried(backend: &impl Backend, queue: &str, ids: &[&str]) {
    let deadline = Instant::now() + PATIENCE;
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    let expected: BTreeSet<&str> = ids.iter().copied().collect();
    loop {
        let dead = backend.dead(queue).await;
        if dead.iter().map(|id| &**id).collect::<BTreeSet<_>>() == expected && dead.len() == ids.len() {
            return;
        }
        assert!(Instant::now() < deadline, "{dead:?} instead of {ids:?}");
        looks.tick().await;
    }
}

pub(crate) async fn delays_are_never_early(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let _subscribed = subscribe(&bus, shared("I-h", &["t"]), recorder.done()).await;
    let start = Instant::now();
    for (n, millis) in [(1, 300), (2, 100), (3, 0)] {
        let delayed = Outgoing { delay: Duration::from_millis(millis), ..event("t", &numbered(n)) };
        assert!(emit(&bus, delayed).await);
    }
    for _ in 0..3 {
        let (delivered, now) = recorder.next().await;
        let millis = [300, 100, 0][number(&delivered) as usize - 1];
        assert_eq!((delivered.attempt, delivered.redelivered), (0, false));
        assert!(now - start >= Duration::from_millis(millis), "{millis} ms came after {:?}", now - start);
    }
    recorder.nothing_more().await;
}

pub(crate) async fn drops_what_is_worthless(backend: &impl Backend) {
    let bus = backend.bus().await;
    let (busy, bell, failing) = (Recorder::new(), Recorder::new(), Recorder::new());
    let release = Arc::new(Semaphore::new(0));
    let waits = Arc::clone(&release);
    let sender = busy.consumer(|_| Outcome::Done);
    let held: Consumer = Arc::new(move |delivered| {
        let (waits, handled) = (Arc::clone(&waits), sender(delivered));
        async move {
            drop(waits.acquire().await);
            handled.await
        }
        .boxed()
    });
    let _busy = subscribe(&bus, subscription("I-busy", &["t"], DeliveryMode::Sequential), held).await;
    let _bell = subscribe(&bus, shared("I-bell", &["bell"]), bell.done()).await;
    let fails = with_retries(2, shared("I-fails", &["f"]));
    let _failing = subscribe(&bus, fails, failing.consumer(|_| Outcome::Retry)).await;

    let with_ttl = |ttl: u64, event: Outgoing| Outgoing { ttl: Some(Duration::from_millis(ttl)), ..event };
    // The most that a schema can say.
    let days = 24 * 86_400_000;
    emit(&bus, event("t", &numbered(1))).await;
    assert_eq!(number(&busy.next().await.0), 1);
    emit(&bus, with_ttl(50, event("t", &numbered(2)))).await;
    emit(&bus, with_ttl(days, event("t", &numbered(3)))).await;
    // Worth nothing when its second try is due; the other one outlives all its tries.
    emit(&bus, with_ttl(50, event("f", &numbered(4)))).await;
    let lasting = with_ttl(days, event("f", &numbered(5)));
    let lasting_id = lasting.id.clone();
    emit(&bus, lasting).await;
    emit(&bus, Outgoing { delay: Duration::from_millis(200), ..event("bell", &numbered(6)) }).await;

    bell.next().await;
    release.add_permits(2);
    assert_eq!(number(&busy.next().await.0), 3, "the second one has waited for too long");
    has_buried(backend, "I-fails", &[&lasting_id]).await;
    let mut tries = BTreeMap::<i64, u32>::new();
    while let Some((delivered, _)) = failing.next().now_or_never() {
        *tries.entry(number(&delivered)).or_default() += 1;
    }
    assert!(tries.remove(&4).is_none_or(|tries| tries == 1), "it could only be tried at once");
    assert_eq!(tries, BTreeMap::from([(5, 3)]));
}

const SERIAL: DeliveryMode = DeliveryMode::Serial { key: "user", partitions: 4 };

fn of_user(user: i64, n: i64) -> Outgoing {
    event("moved", &serde_json::json!({ "user": user, "n": n }).into())
}

fn user(delivered: &Delivered) -> i64 {
    let body: Value = codec::from_bytes(&delivered.body).expect("our own body");
    body.get("user").and_then(Value::as_i64).expect("a user")
}

pub(crate) async fn keeps_order_per_key(backend: &impl Backend) {
    const USERS: i64 = 6;
    const MOVES: i64 = 20;
    let (here, there) = (backend.bus().await, backend.bus().await);
    let recorder = Recorder::new();
    let running: Arc<Mutex<BTreeSet<i64>>> = Arc::default();
    // Slower than the bus, so that anything out of order would overtake.
    let slow = || -> Consumer {
        let (record, running) = (recorder.done(), Arc::clone(&running));
        Arc::new(move |delivered| {
            let (record, running, user) = (Arc::clone(&record), Arc::clone(&running), user(&delivered));
            async move {
                assert!(running.lock().expect("no panics").insert(user), "two at once for user {user}");
                tokio::task::yield_now().await;
                assert!(running.lock().expect("no panics").remove(&user));
                record(delivered).await
            }
            .boxed()
        })
    };
    let _here = subscribe(&here, subscription("I-h", &["moved"], SERIAL), slow()).await;
    let _there = subscribe(&there, subscription("I-h", &["moved"], SERIAL), slow()).await;
    for n in 0..MOVES {
        for user in 0..USERS {
            assert!(emit(&here, of_user(user, n)).await);
        }
    }
    let mut seen: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for _ in 0..USERS * MOVES {
        let (delivered, _) = recorder.next().await;
        seen.entry(user(&delivered)).or_default().push(number(&delivered));
    }
    let expected: Vec<i64> = (0..MOVES).collect();
    assert!(seen.len() as i64 == USERS && seen.values().all(|moves| *moves == expected), "{seen:?}");
}

pub(crate) async fn a_failing_event_holds_up_its_key_only(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let fails = |delivered: &Delivered| {
        if user(delivered) == 1 && delivered.attempt < 2 { Outcome::Retry } else { Outcome::Done }
    };
    let serial = with_retries(2, subscription("I-h", &["moved"], SERIAL));
    let _subscribed = subscribe(&bus, serial, recorder.consumer(fails)).await;
    // Users 1 and 4 share no partition: md5("1") % 4 is 3, md5("4") % 4 is 0.
    for (user, n) in [(1, 1), (1, 2), (4, 3)] {
        emit(&bus, of_user(user, n)).await;
    }
    let numbers = recorder.numbers(7).await;
    let (others, of_first): (Vec<i64>, Vec<i64>) = numbers.iter().partition(|n| **n == 3);
    assert_eq!(others, [3]);
    assert_eq!(of_first, [1, 1, 1, 2, 2, 2], "the second one waits for the first");
    assert!(numbers.iter().position(|n| *n == 3) < numbers.iter().position(|n| *n == 2), "{numbers:?}");
}

pub(crate) async fn one_at_a_time_over_all_instances(backend: &impl Backend) {
    let (here, there) = (backend.bus().await, backend.bus().await);
    let (recorder, running) = (Recorder::new(), Arc::new(AtomicUsize::new(0)));
    let alone = || -> Consumer {
        let (record, running) = (recorder.done(), Arc::clone(&running));
        Arc::new(move |delivered| {
            let (record, running) = (Arc::clone(&record), Arc::clone(&running));
            async move {
                assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                running.fetch_sub(1, Ordering::SeqCst);
                record(delivered).await
            }
            .boxed()
        })
    };
    let sequential = subscription("I-h", &["t"], DeliveryMode::Sequential);
    let _here = subscribe(&here, sequential.clone(), alone()).await;
    let _there = subscribe(&there, sequential, alone()).await;
    for n in 0..20 {
        emit(&here, event("t", &numbered(n))).await;
    }
    assert_eq!(recorder.numbers(20).await, (0..20).collect::<Vec<_>>());
}

pub(crate) async fn says_whether_anybody_listens(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    assert!(!emit(&bus, event("nobody", &numbered(0))).await);
    let _subscribed = subscribe(&bus, shared("I-h", &["somebody"]), recorder.done()).await;
    // All at once, so that answers of both kinds come in one batch.
    let answers = join_all((0..200).map(|n| {
        let (bus, topic) = (&bus, if n % 3 == 0 { "somebody" } else { "nobody" });
        async move { emit(bus, event(topic, &numbered(n))).await }
    }));
    let wrong: Vec<usize> = answers
        .await
        .into_iter()
        .enumerate()
        .filter_map(|(n, subscribed)| (subscribed != (n % 3 == 0)).then_some(n))
        .collect();
    assert!(wrong.is_empty(), "wrong answers for {wrong:?}");
}

pub(crate) async fn keeps_events_while_nobody_consumes(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    subscribe(&bus, shared("I-h", &["t"]), recorder.done()).await.stop().await;
    assert!(emit(&bus, event("t", &numbered(1))).await);
    recorder.nothing_more().await;
    let _subscribed = subscribe(&bus, shared("I-h", &["t"]), recorder.done()).await;
    let (delivered, _) = recorder.next().await;
    assert_eq!((number(&delivered), delivered.redelivered), (1, false));
}

pub(crate) async fn limits_what_runs_at_once(backend: &impl Backend) {
    const EVENTS: usize = 30;
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let (consumer, started, go_on) = held(&recorder);
    let (finished, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (starts, ends, peak) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&finished), Arc::clone(&most));
    let counts: Consumer = Arc::new(move |delivered| {
        let begun = starts.fetch_add(1, Ordering::SeqCst) + 1;
        peak.fetch_max(begun - ends.load(Ordering::SeqCst), Ordering::SeqCst);
        let (handling, ends) = (consumer(delivered), Arc::clone(&ends));
        async move {
            let outcome = handling.await;
            ends.fetch_add(1, Ordering::SeqCst);
            outcome
        }
        .boxed()
    });
    let three = Subscription { concurrency: 3, ..shared("I-h", &["t"]) };
    let _subscribed = subscribe(&bus, three, counts).await;
    for n in 0..EVENTS {
        emit(&bus, event("t", &numbered(n as i64))).await;
    }
    for _ in 0..3 {
        acquired(&started).await;
    }
    go_on.add_permits(EVENTS);
    recorder.numbers(EVENTS).await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

/// A consumer that says when it starts and goes on when it may.
fn held(recorder: &Recorder) -> (Consumer, Arc<Semaphore>, Arc<Semaphore>) {
    let (started, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (record, starts, goes_on) = (recorder.done(), Arc::clone(&started), Arc::clone(&go_on));
    let consumer: Consumer = Arc::new(move |delivered| {
        let (record, goes_on) = (Arc::clone(&record), Arc::clone(&goes_on));
        starts.add_permits(1);
        async move {
            goes_on.acquire().await.expect("never closed").forget();
            record(delivered).await
        }
        .boxed()
    });
    (consumer, started, go_on)
}

async fn acquired(semaphore: &Semaphore) {
    let permit = tokio::time::timeout(PATIENCE, semaphore.acquire()).await;
    permit.expect("never came").expect("never closed").forget();
}

pub(crate) async fn stopping_settles_what_runs(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let (consumer, started, go_on) = held(&recorder);
    let one = Subscription { concurrency: 1, ..shared("I-h", &["t"]) };
    let subscribed = subscribe(&bus, one.clone(), consumer).await;
    emit(&bus, event("t", &numbered(1))).await;
    acquired(&started).await;
    emit(&bus, event("t", &numbered(2))).await;
    let mut stopping = std::pin::pin!(subscribed.stop());
    assert!(futures_util::poll!(stopping.as_mut()).is_pending());
    go_on.add_permits(5);
    tokio::time::timeout(PATIENCE, stopping).await.expect("stopped");
    assert_eq!(recorder.numbers(1).await, [1]);
    recorder.nothing_more().await;
    // The second one still is where it was, the first is not.
    let _subscribed = subscribe(&bus, one, recorder.done()).await;
    assert_eq!(recorder.numbers(1).await, [2]);
    recorder.nothing_more().await;
}

pub(crate) async fn cut_off_handlers_run_elsewhere(backend: &impl Backend) {
    let (here, there) = (backend.bus().await, backend.bus().await);
    let (lost, recorder) = (Recorder::new(), Recorder::new());
    let (consumer, started, _go_on) = held(&lost);
    let one = Subscription { concurrency: 1, ..shared("I-h", &["t"]) };
    let _here = subscribe(&here, one.clone(), consumer).await;
    let sent = event("t", &numbered(1));
    emit(&there, sent.clone()).await;
    acquired(&started).await;
    here.close(Duration::from_millis(50)).await;
    let _there = subscribe(&there, one, recorder.done()).await;
    let (delivered, _) = recorder.next().await;
    assert_eq!((delivered.id, delivered.attempt, delivered.redelivered), (sent.id, 1, true));
    lost.nothing_more().await;
}

pub(crate) async fn refuses_once_closed(backend: &impl Backend) {
    let (here, there) = (backend.bus().await, backend.bus().await);
    here.close(PATIENCE).await;
    assert_eq!(here.emit(event("t", &numbered(1)), PATIENCE).await, Err(EmitError::Stopped));
    let recorder = Recorder::new();
    let refused = here.subscribe(shared("I-h", &["t"]), recorder.done()).await;
    assert_eq!(refused.err(), Some(EmitError::Stopped));
    assert!(!emit(&there, event("t", &numbered(1))).await, "others are not closed with it");
    there.close(PATIENCE).await;
}

pub(crate) async fn closing_lets_handlers_finish(backend: &impl Backend) {
    let bus = backend.bus().await;
    let recorder = Recorder::new();
    let (held_consumer, started, go_on) = held(&recorder);
    let emitter = Arc::clone(&bus);
    let emits: Consumer = Arc::new(move |delivered| {
        let (handling, bus) = (held_consumer(delivered), Arc::clone(&emitter));
        async move {
            let outcome = handling.await;
            emit(&bus, event("after", &numbered(2))).await;
            outcome
        }
        .boxed()
    });
    let _subscribed = subscribe(&bus, shared("I-h", &["t"]), emits).await;
    emit(&bus, event("t", &numbered(1))).await;
    acquired(&started).await;
    let mut closing = std::pin::pin!(bus.close(PATIENCE));
    assert!(futures_util::poll!(closing.as_mut()).is_pending());
    go_on.add_permits(1);
    tokio::time::timeout(PATIENCE, closing).await.expect("closed");
    assert_eq!(recorder.numbers(1).await, [1]);
    assert_eq!(bus.emit(event("t", &numbered(3)), PATIENCE).await, Err(EmitError::Stopped));
}
