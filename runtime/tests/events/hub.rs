//! What a hub does when its clients fail, and clients when their hub does.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use lymph::describe::DeliveryMode;
use lymph::error::EmitError;
use lymph::events::{EventBus, Outcome};
use lymph::hub::{Hub, HubClient};
use lymph::registry::{Instance, Instances, Registry};
use lymph::{Endpoint, Version};

use crate::ANY_PORT;
use crate::conformance::{Backend, Recorder, emit, event, numbered, subscribe, subscription};

/// Longer than any single step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn echo(port: u16) -> Instance {
    Instance::new("Echo", Some(Version::new(1, 0, 0)), &Endpoint::new(format!("tcp://127.0.0.1:{port}")))
}

async fn sees(instances: &mut Instances, expected: &[Instance]) {
    let seen = instances.wait_for(|known| **known == expected);
    tokio::time::timeout(PATIENCE, seen).await.expect("never seen").expect("the watch goes on");
}

#[tokio::test]
async fn a_client_that_dies_is_forgotten_at_once() {
    let hub = Hub::bind(ANY_PORT).await.unwrap();
    let alive = HubClient::connect(hub.addr()).await.unwrap();
    let dying = HubClient::connect(hub.addr()).await.unwrap();
    let mut seen = alive.registry().watch("Echo").await.unwrap();
    let registry = dying.registry();
    registry.register("Echo", echo(1)).await.unwrap();
    sees(&mut seen, &[echo(1)]).await;
    // As with kill -9: the socket closes, nothing is said.
    drop((registry, dying));
    sees(&mut seen, &[]).await;
}

#[tokio::test]
async fn everything_comes_back_with_the_hub() {
    let hub = Hub::bind(ANY_PORT).await.unwrap();
    let address = hub.addr();
    let (server, caller) =
        (HubClient::connect(address).await.unwrap(), HubClient::connect(address).await.unwrap());
    let (registry, recorder) = (server.registry(), Recorder::new());
    registry.register("Echo", echo(1)).await.unwrap();
    let mut seen = caller.registry().watch("Echo").await.unwrap();
    sees(&mut seen, &[echo(1)]).await;
    let bus: Arc<dyn EventBus> = Arc::new(server.bus());
    let _subscribed =
        subscribe(&bus, subscription("I-h", &["t"], DeliveryMode::Shared), recorder.done()).await;
    hub.shutdown().await;
    assert_eq!(**seen.borrow_and_update(), [echo(1)], "the last known instances stay");

    let caller_bus = caller.bus();
    let away = caller_bus.emit(event("t", &numbered(0)), Duration::from_millis(50)).await;
    assert!(matches!(away, Err(EmitError::Unreachable | EmitError::TimedOut)), "{away:?}");
    let waits = caller_bus.emit(event("t", &numbered(1)), PATIENCE);
    let (emitted, hub) = tokio::join!(waits, Hub::bind(address));
    let _hub = hub.unwrap();
    let emitted = emitted.expect("it waits for the hub to come back");
    // Whoever comes back first: without a queue the event went nowhere, and it says so.
    if emitted.subscribed {
        assert_eq!(recorder.numbers(1).await, [1]);
    }
    sees(&mut seen, &[echo(1)]).await;
    let bus: Arc<dyn EventBus> = Arc::new(caller.bus());
    while !emit(&bus, event("t", &numbered(2))).await {}
    assert_eq!(recorder.numbers(1).await, [2]);
}

#[tokio::test]
async fn what_a_dead_consumer_held_goes_to_another() {
    let hub = Hub::bind(ANY_PORT).await.unwrap();
    let (here, there) = (hub.bus().await, HubClient::connect(hub.addr()).await.unwrap());
    let (lost, recorder) = (Recorder::new(), Recorder::new());
    let started = Arc::new(tokio::sync::Semaphore::new(0));
    let starts = Arc::clone(&started);
    let never: lymph::events::Consumer = Arc::new(move |_| {
        starts.add_permits(1);
        Box::pin(std::future::pending::<Outcome>())
    });
    let to = || subscription("I-h", &["t"], DeliveryMode::Shared);
    let dying = there.bus();
    let subscribed = dying.subscribe(to(), never).await.unwrap();
    let sent = event("t", &numbered(1));
    emit(&here, sent.clone()).await;
    started.acquire().await.unwrap().forget();
    drop((subscribed, dying, there));
    let _subscribed = subscribe(&here, to(), recorder.done()).await;
    let (delivered, _) = recorder.next().await;
    assert_eq!((delivered.id, delivered.redelivered, delivered.attempt), (sent.id, true, 1));
    lost.nothing_more().await;
}

#[tokio::test]
async fn garbage_costs_only_its_sender() {
    let hub = Hub::bind(ANY_PORT).await.unwrap();
    let client = HubClient::connect(hub.addr()).await.unwrap();
    let hello = b"\x00\x00\x00\x0c\x92\xa9lymph-hub\x03";
    let cases: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x01\xc1",
        b"\x00\x00\x00\x0c\x92\xa9lymph-hub\x02",
        b"\x00\x00\x00\x0c\x92\xa9lymph-hub\x03\x00\x00\x00\x02\x91\x00",
        b"\x00\x00\x00\x0c\x92\xa9lymph-hub\x03\x00\x00\x00\x05\x91\xdd\xff\xff\xff",
        b"\x00\x00\x00\x0c\x92\xa9lymph-hub\x03\x7f\xff\xff\xff",
    ];
    for case in cases {
        assert!(talk(hub.addr(), case, is_cut_off).await, "{case:?}");
    }
    let answer = talk(hub.addr(), hello, |stream| {
        let mut answer = [0; 14];
        stream.read_exact(&mut answer).map(|()| answer)
    });
    assert_eq!(
        answer.await.expect("a proper introduction is welcome"),
        *b"\x00\x00\x00\x0a\x92\xa7welcome\x03"
    );
    assert!(client.registry().interfaces().await.unwrap().is_empty());
}

/// What `heard` makes of a connection on which the hub was told `bytes`.
async fn talk<T: Send + 'static>(
    address: SocketAddr,
    bytes: &[u8],
    heard: impl FnOnce(&mut TcpStream) -> T + Send + 'static,
) -> T {
    let bytes = bytes.to_vec();
    let talk = move || {
        let mut stream = TcpStream::connect(address).expect("the hub listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        stream.write_all(&bytes).expect("written");
        heard(&mut stream)
    };
    tokio::task::spawn_blocking(talk).await.expect("no panic")
}

/// Reset counts as closed; a timeout does not.
fn is_cut_off(stream: &mut TcpStream) -> bool {
    let ended = stream.read_to_end(&mut Vec::new());
    !matches!(ended, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[tokio::test]
async fn only_for_this_machine() {
    let refused = Hub::bind("0.0.0.0:0".parse().unwrap()).await.expect_err("not loopback");
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
}
