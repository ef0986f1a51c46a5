//! What a caller is told, in every way a call can go; over the memory transport, time paused.

mod fair;
mod inline;
mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lymph::error::{CallError, NotSent, Rejection, Unanswered};
use lymph::registry::Registry;
use lymph::testing::Cluster;
use lymph::{Client, Context, Fault, Method, Mock, NoErrors, OrInternal, Running, Value, Version};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use service::{ECHO, Echo, OLD_ECHO, SAY, SAY_AGAIN, Say};

type Outcome = Result<String, CallError>;

async fn repeat(_: Context, say: Say) -> Result<String, Fault> {
    Ok(say.text.repeat(say.times.unwrap_or(1).into()))
}

async fn never(_: Context, _: Say) -> Result<String, Fault> {
    std::future::pending().await
}

async fn caller(cluster: &Cluster) -> (Running, Client) {
    let running = cluster.container("caller").start().await.expect("starts");
    let client = Client::from(&running);
    (running, client)
}

/// A cluster with one server, and one call to it.
async fn one_call<F, Fut>(say: F) -> Outcome
where
    F: Fn(Context, Say) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, Fault>> + Send + 'static,
{
    let cluster = Cluster::new();
    let _server = cluster.container("server").serve(Echo::new(&ECHO, say)).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    client.call(&SAY, &Say::new("hi")).await
}

#[tokio::test(start_paused = true)]
async fn a_result_comes_back() {
    assert_eq!(one_call(repeat).await, Ok("hi".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_internal_fault_is_a_nack() {
    let outcome = one_call(|_, _| async { Err(Fault::internal("disk full")) }).await;
    assert_eq!(outcome, Err(CallError::Unknown(Unanswered::Nack)));
}

#[tokio::test(start_paused = true)]
async fn a_panic_costs_only_its_caller() {
    let cluster = Cluster::new();
    let panics_once = Echo::new(&ECHO, |_, say: Say| async move {
        assert_ne!(say.text, "boom", "told to");
        Ok(say.text)
    });
    let _server = cluster.container("server").serve(panics_once).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let (boom, fine) =
        tokio::join!(client.call(&SAY, &Say::new("boom")), client.call(&SAY, &Say::new("fine")));
    assert_eq!(boom, Err(CallError::Unknown(Unanswered::Nack)));
    assert_eq!(fine, Ok("fine".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_times_out_at_the_deadline() {
    let started = Instant::now();
    assert_eq!(one_call(never).await, Err(CallError::Unknown(Unanswered::TimedOut)));
    assert_eq!(started.elapsed().as_secs(), 1, "the schema's timeout");
}

#[tokio::test(start_paused = true)]
async fn one_handler_may_use_another() {
    let outcome = one_call(|cx, say| async move {
        let said = async { Err::<String, Fault<NoErrors>>(Fault::internal("disk full")) };
        match said.await.or_internal() {
            Ok(said) => Ok(said),
            Err(Fault::Internal(cause)) if cause.to_string() == "disk full" => repeat(cx, say).await,
            Err(fault) => Err(fault),
        }
    });
    assert_eq!(outcome.await, Ok("hi".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_dies_is_known_before_the_deadline() {
    let cluster = Cluster::new();
    let started = Arc::new(Notify::new());
    let hangs = Echo::new(&ECHO, {
        let started = Arc::clone(&started);
        move |cx, say| {
            started.notify_one();
            never(cx, say)
        }
    });
    let server = cluster.container("server").serve(hangs).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let began = Instant::now();
    let dies = async {
        started.notified().await;
        cluster.network().kill(server.handle().endpoint());
    };
    let (outcome, ()) = tokio::join!(client.call(&SAY, &Say::new("hi")), dies);
    assert_eq!(outcome, Err(CallError::Unknown(Unanswered::PeerLost)));
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn wrong_arguments_are_rejected_by_name() {
    let cluster = Cluster::new();
    let _server = cluster.container("server").serve(Echo::new(&ECHO, repeat)).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let args = Value::from(serde_json::json!({ "times": 2 }));
    let outcome = client.request("echo.say", &args).await;
    let Err(CallError::Rejected(Rejection::InvalidParameter(message))) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(message.contains("text"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn unknown_names_are_told_apart() {
    let cluster = Cluster::new();
    let _server = cluster.container("server").serve(Echo::new(&ECHO, repeat)).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let no_method = client.request("echo.sing", &Value::Map(vec![])).await;
    assert_eq!(no_method, Err(CallError::Unknown(Unanswered::Nack)));
    let no_interface = client.request("opera.sing", &Value::Map(vec![])).await;
    assert_eq!(no_interface, Err(CallError::NotSent(NotSent::NoInstance("opera".into()))));
}

#[tokio::test(start_paused = true)]
async fn an_older_instance_gets_no_newer_parameter() {
    let cluster = Cluster::new();
    let strict = Echo::new(&OLD_ECHO, |cx: Context, say: Say| async move {
        assert_eq!(say.times, None, "1.0 does not know `times`");
        assert_eq!(cx.headers().get_str("version"), Some("1.0.0"));
        Ok(say.text)
    });
    let _server = cluster.container("server").serve(strict).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    assert_eq!(client.call(&SAY, &Say::new("hi")).await, Ok("hi".to_owned()));
    let twice = Say { times: Some(2), ..Say::new("hi") };
    let outcome = client.call(&SAY, &twice).await;
    let expected = NotSent::ParameterTooNew {
        interface: "echo".into(),
        parameter: "times".into(),
        since: Version::new(1, 2, 0),
    };
    assert_eq!(outcome, Err(CallError::NotSent(expected)));
}

#[tokio::test(start_paused = true)]
async fn two_versions_in_one_process_answer_their_own_callers() {
    let cluster = Cluster::new();
    let container = cluster
        .container("server")
        .serve(Echo::new(&OLD_ECHO, |_, _| async { Ok("old".to_owned()) }))
        .serve(Echo::new(&ECHO, |_, _| async { Ok("new".to_owned()) }));
    let _server = container.start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let new = client.call(&SAY, &Say::new("")).version(Version::new(1, 2, 0)).await;
    assert_eq!(new, Ok("new".to_owned()));
    let none = client.call(&SAY, &Say::new("")).version(Version::new(2, 0, 0)).await;
    assert!(matches!(none, Err(CallError::NotSent(NotSent::NoVersion { .. }))), "{none:?}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_run_in_time_is_refused_at_once() {
    let cluster = Cluster::new();
    let mut container = cluster.container("server").serve(Echo::new(&ECHO, never));
    container.settings().concurrency = 2;
    container.settings().queue = 1;
    let _server = container.start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let started = Instant::now();
    let calls = (0..4).map(|_| client.call(&SAY, &Say::new("")).into_future());
    let outcomes = futures_util::future::join_all(calls).await;
    let refused = outcomes.iter().filter(|o| **o == Err(CallError::Rejected(Rejection::Overloaded))).count();
    let timed_out = outcomes.iter().filter(|o| **o == Err(CallError::Unknown(Unanswered::TimedOut))).count();
    assert_eq!((refused, timed_out), (1, 3), "{outcomes:?} after {:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_cancels_its_handler() {
    let cluster = Cluster::new();
    let (sender, mut dropped) = mpsc::channel::<&str>(1);
    let started = Arc::new(Notify::new());
    let begun = Arc::clone(&started);
    let waits = Echo::new(&ECHO, move |_, _| {
        let (sender, begun) = (sender.clone(), Arc::clone(&begun));
        async move {
            struct OnDrop(mpsc::Sender<&'static str>);
            impl Drop for OnDrop {
                fn drop(&mut self) {
                    self.0.try_send("cancelled").expect("one handler, one message");
                }
            }
            let _guard = OnDrop(sender);
            begun.notify_one();
            std::future::pending().await
        }
    });
    let _server = cluster.container("server").serve(waits).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let call = client.call(&SAY, &Say::new("")).timeout(Duration::from_secs(3600)).defer();
    started.notified().await;
    let before = Instant::now();
    drop(call);
    assert_eq!(dropped.recv().await, Some("cancelled"));
    assert!(before.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn nested_calls_inherit_deadline_and_trace() {
    let cluster = Cluster::new();
    let inner = Echo::new(&ECHO, |cx: Context, _| async move { Ok(cx.trace_id().to_string()) });
    let _inner = cluster.container("inner").serve(inner).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    // A front that asks the inner service on behalf of its caller, which waits a second only.
    let asks = Echo::new(&FRONT, |cx: Context, say: Say| async move {
        let left = cx.deadline().expect("requests have one") - Instant::now();
        assert!(left <= Duration::from_secs(1), "{left:?}");
        Ok(Client::from(&cx).call(&SAY, &say).timeout(Duration::from_secs(60)).await?)
    });
    let _front = cluster.container("front").serve(asks).start().await.expect("starts");
    let args = Value::from(serde_json::json!({ "text": "" }));
    let trace = client.request("front.say", &args).trace("abc").timeout(Duration::from_secs(1)).await;
    assert_eq!(trace, Ok(Value::from("abc")));
}

static FRONT: lymph::Interface = lymph::Interface {
    name: "front",
    version: Version::new(1, 0, 0),
    docs: "",
    methods: ECHO.methods,
    handlers: &[],
    emits: &[],
    idl: "",
};

#[tokio::test(start_paused = true)]
async fn draining_finishes_what_runs_and_refuses_what_is_new() {
    let cluster = Cluster::new();
    let (go, begun) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (may_go, has_begun) = (Arc::clone(&go), Arc::clone(&begun));
    let waits = Echo::new(&ECHO, move |_, say: Say| {
        let (go, begun) = (Arc::clone(&may_go), Arc::clone(&has_begun));
        async move {
            begun.notify_one();
            go.notified().await;
            Ok(say.text)
        }
    });
    let server = cluster.container("server").serve(waits).start().await.expect("starts");
    let endpoint = server.handle().endpoint().clone();
    let (_running, client) = caller(&cluster).await;
    let accepted = client.call(&SAY, &Say::new("kept")).defer();
    begun.notified().await;
    let mut known = cluster.registry().watch("echo").await.expect("a name");
    let drained = tokio::spawn(server.drain());
    known.wait_for(|instances| instances.is_empty()).await.expect("the registry stays");
    // The clock stands still until all that can be done is done; the pause of this drain is over then.
    tokio::time::sleep(Duration::from_millis(1)).await;
    let gone = client.call(&SAY, &Say::new("")).await;
    assert_eq!(gone, Err(CallError::NotSent(NotSent::NoInstance("echo".into()))), "deregistered at once");
    let refused = client.call(&SAY, &Say::new("")).at(endpoint).await;
    assert_eq!(refused, Err(CallError::Rejected(Rejection::Draining)));
    go.notify_one();
    assert_eq!(accepted.await, Ok("kept".to_owned()));
    drained.await.expect("no panic").expect("nothing unfinished");
}

#[tokio::test(start_paused = true)]
async fn idempotent_calls_go_to_another_instance_when_one_falls_silent() {
    let cluster = Cluster::new();
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    // The first handler to be asked never answers.
    let say = move |_: Context, say: Say| {
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move { if first { std::future::pending().await } else { Ok(say.text) } }
    };
    let _a = cluster.container("a").serve(Echo::new(&ECHO, say.clone())).start().await.expect("starts");
    let _b = cluster.container("b").serve(Echo::new(&ECHO, say)).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    assert_eq!(client.call(&SAY_AGAIN, &Say::new("hi")).await, Ok("hi".to_owned()));
    assert_eq!(tries.load(Ordering::SeqCst), 2);
    tries.store(0, Ordering::SeqCst);
    let once = client.call(&SAY, &Say::new("hi")).await;
    assert_eq!(once, Err(CallError::Unknown(Unanswered::TimedOut)), "not idempotent: never sent twice");
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn draining_gives_up_on_a_handler_that_never_ends_and_says_so() {
    let cluster = Cluster::new();
    let begun = Arc::new(Notify::new());
    let has_begun = Arc::clone(&begun);
    let waits = Echo::new(&ECHO, move |_, _| {
        has_begun.notify_one();
        std::future::pending()
    });
    let server = cluster.container("server").serve(waits).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let call = client.call(&SAY, &Say::new("")).timeout(Duration::from_secs(3600)).defer();
    begun.notified().await;
    let started = Instant::now();
    let unfinished = server.drain().await.expect_err("one handler never ends");
    assert!(unfinished.to_string().contains("1 requests not answered"), "{unfinished}");
    assert_eq!(started.elapsed().as_secs(), 25, "the patience of the settings");
    drop(call);
}

#[tokio::test(start_paused = true)]
async fn what_would_leave_python_deaf_is_never_sent() {
    let cluster = Cluster::new();
    let (running, client) = caller(&cluster).await;
    let deadly = Value::Map(vec![("__type__".into(), "x".into())]);
    let nested = Value::Map(vec![("deep".into(), Value::List(vec![deadly.clone()]))]);
    for args in [deadly.clone(), nested] {
        let outcome = client.request("echo.say", &args).await;
        assert_eq!(outcome, Err(CallError::NotSent(NotSent::ForeignType(lymph::codec::ForeignType))));
    }
    let emitted = Client::from(&running).emit_value("anything", &deadly).await;
    assert_eq!(emitted, Err(lymph::EmitError::ForeignType(lymph::codec::ForeignType)));
    let typed: lymph::Map<String, u8> = [("__type__".to_owned(), 1)].into_iter().collect();
    assert!(lymph::codec::to_safe_bytes(&typed).is_err());
    assert!(lymph::codec::to_safe_bytes(&Value::Set(vec![1.into()])).is_ok(), "types of the wire itself");
}

#[tokio::test(start_paused = true)]
async fn once_a_handler_may_have_run_the_outcome_stays_unknown() {
    let cluster = Cluster::new();
    let begun = Arc::new(Notify::new());
    let has_begun = Arc::clone(&begun);
    let hangs = Echo::new(&ECHO, move |cx, say| {
        has_begun.notify_one();
        never(cx, say)
    });
    let _server = cluster.container("server").serve(hangs).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let call = client.call(&SAY_AGAIN, &Say::new("hi")).defer();
    begun.notified().await;
    // There is no instance left for the second try, which therefore runs nothing.
    let registered = cluster.registry().watch("echo").await.expect("a name").borrow().clone();
    cluster.registry().deregister("echo", &registered[0].id).await.expect("registered");
    assert_eq!(call.await, Err(CallError::Unknown(Unanswered::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_right_behind_its_request_counts() {
    let cluster = Cluster::new();
    let alive = Arc::new(());
    let held = Arc::downgrade(&alive);
    let hangs = Echo::new(&ECHO, move |cx, say| {
        let alive = Arc::clone(&alive);
        async move {
            let said = never(cx, say).await;
            drop(alive);
            said
        }
    });
    let server = cluster.container("server").serve(hangs).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let mut call = client.call(&SAY, &Say::new("")).timeout(Duration::from_secs(3600)).into_future();
    assert!(futures_util::poll!(&mut call).is_pending(), "sent");
    drop(call);
    let before = Instant::now();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(held.strong_count(), 1, "the service's own");
    server.drain().await.expect("nothing runs");
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_told_at_once_in_both_directions() {
    let cluster = Cluster::new();
    let grows = Echo::new(&ECHO, |_, say: Say| async move { Ok(say.text.repeat(9 << 20)) });
    let _server = cluster.container("server").serve(grows).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let answer = client.call(&SAY, &Say::new("x")).await;
    assert_eq!(answer, Err(CallError::Unknown(Unanswered::Nack)));
    let request = client.call(&SAY, &Say::new(&"x".repeat(9 << 20))).await;
    assert_eq!(request, Err(CallError::NotSent(NotSent::TooLarge)));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_running_container_cuts_off_what_it_runs() {
    let cluster = Cluster::new();
    let (begun, alive) = (Arc::new(Notify::new()), Arc::new(()));
    let (has_begun, held) = (Arc::clone(&begun), Arc::downgrade(&alive));
    let waits = Echo::new(&ECHO, move |cx, say| {
        has_begun.notify_one();
        let alive = Arc::clone(&alive);
        async move {
            let answer = never(cx, say).await;
            drop(alive);
            answer
        }
    });
    let server = cluster.container("server").serve(waits).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let call = client.call(&SAY, &Say::new("")).timeout(Duration::from_secs(3600)).defer();
    begun.notified().await;
    let before = Instant::now();
    drop(server);
    assert_eq!(call.await, Err(CallError::Unknown(Unanswered::PeerLost)));
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert!(held.upgrade().is_none(), "the handler, and the service with it");
    let gone = client.call(&SAY, &Say::new("")).await;
    assert_eq!(gone, Err(CallError::NotSent(NotSent::NoInstance("echo".into()))));
}

#[tokio::test(start_paused = true)]
async fn no_timeout_is_too_long() {
    let cluster = Cluster::new();
    let _server = cluster.container("server").serve(Echo::new(&ECHO, repeat)).start().await.expect("starts");
    let (_running, client) = caller(&cluster).await;
    let answer = client.with_timeout(Duration::MAX).call(&SAY, &Say::new("hi")).await;
    assert_eq!(answer, Ok("hi".to_owned()));
}

#[tokio::test]
async fn no_arguments_travel_as_a_map_without_any() {
    const SAY_NOTHING: Method<Value, (), NoErrors> = Method::new(&ECHO, 0);
    let mock = Mock::new();
    mock.on(&SAY_NOTHING, |_| Ok(()));
    let client = Client::from(&mock);
    client.call(&SAY_NOTHING, &()).await.unwrap();
    client.oneway(&SAY_NOTHING, &()).await.unwrap();
    // A server that knows parameters by now reads them from it.
    assert_eq!(mock.calls(&SAY_NOTHING), [Value::Map(Vec::new()), Value::Map(Vec::new())]);
}
