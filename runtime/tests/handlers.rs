//! Events and tasks on their way to handlers, over the memory bus, time paused.

use std::sync::Arc;
use std::time::Duration;

use lymph::codec;
use lymph::container::Role;
use lymph::describe::{Delivery, DeliveryMode, HandlerInfo, Interface, MethodInfo, MethodKind};
use lymph::service::{Answering, Handling, Incoming, IncomingEvent, Service};
use lymph::testing::Cluster;
use lymph::{Client, Context, Event, Fault, Method, NoErrors, Value, Version};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

const RETRIED: Delivery = Delivery { mode: DeliveryMode::Shared, retries: 2, durable: true, queue: None };

static JOBS: Interface = Interface {
    name: "jobs",
    version: Version::new(1, 0, 0),
    docs: "",
    methods: &[MethodInfo {
        name: "sweep",
        aliases: &[],
        kind: MethodKind::Task,
        since: Version::new(1, 0, 0),
        params: &[],
        docs: "",
        idempotent: false,
        timeout: None,
        delivery: Delivery::SHARED,
    }],
    handlers: &[
        HandlerInfo { name: "moved", topics: &["user.moved"], delivery: RETRIED },
        HandlerInfo { name: "anything", topics: &["user.*"], delivery: Delivery::SHARED },
    ],
    emits: &[],
    idl: "",
};

const SWEEP: Method<(), (), NoErrors> = Method::new(&JOBS, 0);

/// An event that is one number.
#[derive(Debug, Clone, PartialEq)]
struct Moved(u8);

impl codec::Encode for Moved {
    fn encode(&self, encoder: &mut codec::Encoder) {
        self.0.encode(encoder);
    }
}

impl codec::Decode for Moved {
    fn decode(decoder: &mut codec::Decoder<'_>) -> Result<Self, codec::DecodeError> {
        u8::decode(decoder).map(Self)
    }
}

impl Event for Moved {
    const TOPIC: &'static str = "user.moved";
    const VERSION: Version = Version::new(1, 0, 0);
}

/// What a handler was given: its name, the number in the event, and the circumstances.
type Seen = (&'static str, Value, Context);

/// Reports what it sees; fails as often as the event's number says.
struct Jobs(mpsc::Sender<Seen>);

impl Service for Jobs {
    fn interface(&self) -> &'static Interface {
        &JOBS
    }

    fn call(&self, _: &str, call: Incoming<'_>) -> Answering {
        call.no_such_method()
    }

    fn handle(&self, handler: &str, event: IncomingEvent) -> Handling {
        let seen = self.0.clone();
        let see = move |name, value, cx: Context| seen.try_send((name, value, cx)).expect("the test reads");
        match handler {
            "moved" => event.event(move |cx, Moved(failures)| async move {
                let attempt = cx.delivery().expect("an event").attempt;
                see("moved", failures.into(), cx);
                match attempt < u32::from(failures) {
                    true if attempt == 0 => panic!("told to"),
                    true => Err(Fault::internal("told to")),
                    false => Ok(()),
                }
            }),
            "anything" => event.dynamic(move |cx, event| async move {
                see("anything", event.body, cx);
                Ok(())
            }),
            "sweep" => event.task(move |cx, ()| async move {
                see("sweep", Value::Nil, cx);
                Ok(())
            }),
            _ => event.no_such_handler(),
        }
    }
}

/// What one of the two handlers of [`Jobs`] saw.
async fn next(seen: &mut mpsc::Receiver<Seen>, name: &str) -> (Value, Context) {
    loop {
        let (handler, value, cx) = seen.recv().await.expect("the service lives");
        if handler == name {
            return (value, cx);
        }
    }
}

/// A running `jobs` service and what it sees.
async fn jobs(cluster: &Cluster, role: Role) -> (lymph::Running, mpsc::Receiver<Seen>) {
    let (sender, seen) = mpsc::channel(64);
    let mut container = cluster.container(&format!("{role:?}")).serve(Jobs(sender));
    container.settings().role = role;
    (container.start().await.expect("starts"), seen)
}

#[tokio::test(start_paused = true)]
async fn an_event_carries_its_trace_and_a_stable_id() {
    let cluster = Cluster::new();
    let (running, mut seen) = jobs(&cluster, Role::Instance).await;
    let emitted = Client::from(&running).with_trace("abc").emit(Moved(2)).await.expect("confirmed");
    assert!(emitted.subscribed);
    let mut ids = Vec::new();
    for attempt in 0..3 {
        let (_, cx) = next(&mut seen, "moved").await;
        let delivery = cx.delivery().expect("an event").clone();
        assert_eq!((delivery.attempt, delivery.redelivered), (attempt, attempt > 0));
        assert_eq!(cx.trace_id(), "abc");
        ids.push(delivery.event_id);
    }
    assert!(!ids[0].is_empty() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(cluster.bus().dead_letters("jobs-moved").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_fails_too_often_or_cannot_be_read_becomes_a_dead_letter() {
    let cluster = Cluster::new();
    let (running, mut seen) = jobs(&cluster, Role::Instance).await;
    let client = Client::from(&running);
    client.emit(Moved(9)).await.expect("confirmed");
    for _ in 0..3 {
        next(&mut seen, "moved").await;
    }
    client.emit_value(Moved::TOPIC, &Value::from("no number")).await.expect("confirmed");
    next(&mut seen, "anything").await;
    running.drain().await.expect("nothing unfinished");
    let bodies: Vec<_> =
        cluster.bus().dead_letters("jobs-moved").into_iter().map(|letter| letter.event.body).collect();
    assert_eq!(bodies, [codec::to_bytes(&Moved(9)), codec::to_bytes("no number")]);
}

#[tokio::test(start_paused = true)]
async fn workers_run_tasks_and_instances_do_not() {
    let cluster = Cluster::new();
    let (instance, mut idle) = jobs(&cluster, Role::Instance).await;
    let client = Client::from(&instance);
    assert!(!client.task(&SWEEP, &()).await.expect("confirmed").subscribed, "no worker yet");
    let (_worker, mut seen) = jobs(&cluster, Role::Worker).await;
    assert!(client.task(&SWEEP, &()).await.expect("confirmed").subscribed);
    let (value, _) = next(&mut seen, "sweep").await;
    assert_eq!(value, Value::Nil);
    assert!(timeout(Duration::from_secs(60), idle.recv()).await.is_err());
    let names = lymph::registry::Registry::interfaces(cluster.registry()).await.expect("in memory");
    assert_eq!(names, ["jobs", "jobs.worker", "lymph"]);
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_never_early() {
    let cluster = Cluster::new();
    let (running, mut seen) = jobs(&cluster, Role::Instance).await;
    let started = Instant::now();
    Client::from(&running).emit(Moved(0)).delay(Duration::from_secs(90)).await.expect("confirmed");
    next(&mut seen, "moved").await;
    assert!(started.elapsed() >= Duration::from_secs(90), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_a_bus_emitting_fails_and_listening_is_refused() {
    let network = lymph::transport::memory::Network::new();
    let parts = |name: &str| {
        let (network, name) = (network.clone(), name.to_owned());
        move || async move {
            let registry = Arc::new(lymph::registry::memory::MemoryRegistry::new());
            Ok(lymph::Parts { transport: Arc::new(network.bind(name)), registry, bus: None })
        }
    };
    let container = lymph::Container::with_parts(lymph::container::Settings::default(), parts("a"));
    let running = container.start().await.expect("starts");
    assert_eq!(running.handle().emit(Moved(0)).await, Err(lymph::EmitError::NoBus));
    let (sender, _seen) = mpsc::channel(1);
    let listens = lymph::Container::with_parts(lymph::container::Settings::default(), parts("b"));
    let refused = listens.serve(Jobs(sender)).start().await.err().expect("needs a bus");
    assert_eq!(refused.to_string(), "`jobs` listens to events: set `container.events`");
}
