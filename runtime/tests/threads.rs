//! Containers whose connections are spread over threads of their own, on loopback.
#![cfg(feature = "zmtp")]

#[expect(dead_code, reason = "tests of calls use all of it")]
#[path = "calls/service.rs"]
mod service;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use lymph::registry::Instance;
use lymph::registry::memory::MemoryRegistry;
use lymph::testing::Inbox;
use lymph::transport::zmtp::{Settings, Zmtp};
use lymph::transport::{Pace, Peer, Receiver, Transport, Turn};
use lymph::{
    Client, Container, Context, Endpoint, Fault, Headers, Message, MessageType, MessageView, Parts, Running,
    codec, new_id,
};
use lymph_zmtp::{Config, Handler, Listener, Multipart, Options, PeerInfo, Socket, SocketType};
use service::{ECHO, Echo, SAY, Say};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Longer than any single step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn on_two() -> Settings {
    let mut settings = Settings::default();
    settings.threads = NonZeroUsize::new(2);
    settings
}

fn container(registry: &MemoryRegistry, settings: Settings) -> Container {
    let registry = registry.clone();
    let mut container = Container::with_parts(Default::default(), move || async move {
        let transport = Zmtp::bind_with(LOOPBACK, None, settings).await?;
        Ok(Parts { transport: Arc::new(transport), registry: Arc::new(registry), bus: None })
    });
    container.settings().linger = Duration::ZERO;
    container
}

async fn start(container: Container) -> Running {
    container.start().await.expect("loopback has free ports")
}

async fn say(client: &Running) -> String {
    Client::from(client).call(&SAY, &Say::new("")).timeout(PATIENCE).await.expect("it is answered")
}

fn this_thread() -> String {
    thread::current().name().unwrap_or("nameless").to_owned()
}

/// Answers with the thread it runs on before it waits, and after.
async fn threads_of(_: Context, _: Say) -> Result<String, Fault> {
    let before = this_thread();
    tokio::task::yield_now().await;
    Ok(format!("{before} {}", this_thread()))
}

#[tokio::test]
async fn handlers_run_on_the_thread_of_their_connection_to_their_end() {
    let registry = MemoryRegistry::new();
    let server = start(container(&registry, on_two()).serve(Echo::new(&ECHO, threads_of))).await;
    let mut clients = Vec::new();
    let mut threads = BTreeSet::new();
    for _ in 0..2 {
        let client = start(container(&registry, Settings::default())).await;
        threads.insert(say(&client).await);
        clients.push(client);
    }
    assert_eq!(Vec::from_iter(threads), ["lymph-0 lymph-0", "lymph-1 lymph-1"]);
    for client in clients {
        client.drain().await.expect("nothing runs");
    }
    server.drain().await.expect("nothing runs");
}

/// Takes longer than others of its connection should wait.
async fn compute(_: Context, _: Say) -> Result<String, Fault> {
    thread::sleep(Duration::from_millis(5));
    Ok(this_thread())
}

#[tokio::test]
async fn handlers_that_compute_for_long_move_to_the_runtime_of_the_container() {
    let registry = MemoryRegistry::new();
    let server = start(container(&registry, on_two()).serve(Echo::new(&ECHO, compute))).await;
    let client = start(container(&registry, Settings::default())).await;
    for _ in 0..2 {
        let on = say(&client).await;
        assert!(on.starts_with("lymph-"), "{on}");
    }
    assert_eq!(say(&client).await, this_thread());
    client.drain().await.expect("nothing runs");
    server.drain().await.expect("nothing runs");
}

/// Asks whoever listens at an endpoint for everything that it is asked.
struct Relay {
    transport: OnceLock<Arc<Zmtp>>,
    to: Endpoint,
}

impl Receiver for Relay {
    fn received(&self, _: &Peer, message: MessageView<'_>, _: &mut Turn) -> Pace {
        let transport = self.transport.get().expect("it is set before anything arrives");
        transport.send(&self.to, message).expect("there is room");
        Pace::Steady
    }

    fn lost(&self, _: lymph::transport::Loss<'_>) {}
}

/// Counts who connects, and lets a test wait for what they say.
struct Counter {
    connections: Arc<AtomicUsize>,
    messages: UnboundedSender<()>,
}

struct Counting(UnboundedSender<()>);

impl Handler for Counter {
    type Receiver = Counting;

    fn connected(&self, _: &lymph_zmtp::Peer, _: &PeerInfo) -> Result<Counting, String> {
        self.connections.fetch_add(1, Relaxed);
        Ok(Counting(self.messages.clone()))
    }
}

impl lymph_zmtp::Receiver for Counting {
    fn message(&mut self, _: Multipart) -> lymph_zmtp::Pace {
        _ = self.0.send(());
        lymph_zmtp::Pace::Steady
    }
}

/// How many connections a process on two threads makes to a peer that understands `features`, when
/// both threads have something to send to it.
async fn connections(features: &[&str]) -> usize {
    let listener = Listener::bind(&"tcp://127.0.0.1:0".parse().expect("it is one")).expect("it is free");
    let endpoint = Endpoint::new(listener.endpoint().to_string());
    let connections = Arc::<AtomicUsize>::default();
    let (messages, mut arrived) = unbounded_channel();
    let counter = Counter { connections: connections.clone(), messages };
    let peer = Socket::new(Config::new(SocketType::Router, ""), Options::default(), counter);
    peer.listen(listener);

    let relay = Arc::new(Relay { transport: OnceLock::new(), to: endpoint.clone() });
    let transport = Zmtp::bind_with(LOOPBACK, None, on_two()).await.expect("loopback has free ports");
    let transport = Arc::new(transport);
    let mut instance = Instance::new("Echo", None, &endpoint);
    instance.info.insert("features".to_owned(), features.into());
    transport.introduce(&endpoint, &instance);
    assert!(relay.transport.set(transport.clone()).is_ok());
    transport.start(relay);

    let mut callers = Vec::new();
    for _ in 0..2 {
        let caller = Zmtp::bind(LOOPBACK, None).await.expect("loopback has free ports");
        let inbox = Inbox::of(&caller);
        let message = Message {
            id: new_id(),
            kind: MessageType::Req,
            subject: "Echo.echo".into(),
            headers: Headers::new(),
            body: codec::to_bytes(&()),
        };
        caller.send_message(transport.endpoint(), &message).expect("there is room");
        timeout(PATIENCE, arrived.recv()).await.expect("nothing came");
        callers.push((caller, inbox));
    }
    for (caller, _) in callers {
        caller.close(PATIENCE).await;
    }
    transport.close(PATIENCE).await;
    peer.close(PATIENCE).await;
    connections.load(Relaxed)
}

#[tokio::test]
async fn each_thread_has_a_connection_of_its_own_where_peers_bear_it() {
    assert_eq!(connections(&["cancel", "connections"]).await, 2);
    assert_eq!(connections(&[]).await, 1, "libzmq would ignore the second");
}
