//! What every transport owes its users; a backend joins with one line.

use std::time::Duration;

use lymph::error::NotSent;
use lymph::testing::{Inbox, Lost, Received};
use lymph::transport::memory::{MemoryTransport, Network};
use lymph::transport::{MAX_BODY_BYTES, Transport};
use lymph::{Endpoint, Headers, Message, MessageType, new_id};

macro_rules! transports {
    ($($(#[$feature:meta])? $backend:ident: $new:expr;)*) => {$(
        $(#[$feature])?
        mod $backend {
            use super::*;
            transports!(@ $new; delivers_in_order answers_the_source reaches_itself refuses_oversize
                flushes_when_closed refuses_once_closed ends_the_inbox a_dead_peer_delays_nobody
                forgets_what_was_bound tells_of_a_peer_that_died);
        }
    )*};
    (@ $new:expr; $($test:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            within(super::$test(&mut $new)).await;
        }
    )*};
}

transports! {
    memory: Memory::default();
    #[cfg(feature = "zmtp")]
    zmtp: Zmtp;
}

/// Binds endpoints of one backend.
trait Backend {
    type Transport: Transport;
    async fn unheard(&mut self) -> Self::Transport;

    async fn bind(&mut self) -> (Self::Transport, Inbox) {
        let transport = self.unheard().await;
        let inbox = Inbox::of(&transport);
        (transport, inbox)
    }
}

#[derive(Default)]
struct Memory {
    network: Network,
    bound: usize,
}

impl Backend for Memory {
    type Transport = MemoryTransport;
    async fn unheard(&mut self) -> MemoryTransport {
        self.bound += 1;
        self.network.bind(format!("memory-{}", self.bound))
    }
}

#[cfg(feature = "zmtp")]
struct Zmtp;

#[cfg(feature = "zmtp")]
impl Backend for Zmtp {
    type Transport = lymph::transport::zmtp::Zmtp;
    async fn unheard(&mut self) -> Self::Transport {
        lymph::transport::zmtp::Zmtp::bind([127, 0, 0, 1].into(), None)
            .await
            .expect("loopback has free ports")
    }
}

/// Longer than any single step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn within(test: impl Future<Output = ()>) {
    tokio::time::timeout(PATIENCE * 2, test).await.expect("the test hangs");
}

fn message(subject: &str, body_bytes: usize) -> Message {
    let mut headers = Headers::new();
    headers.insert("trace_id", "abc");
    let body = vec![0xc0; body_bytes].into();
    Message { id: new_id(), kind: MessageType::Req, subject: subject.into(), headers, body }
}

async fn next(inbox: &mut Inbox) -> Received {
    tokio::time::timeout(PATIENCE, inbox.recv()).await.expect("nothing came").expect("the inbox ended")
}

async fn delivers_in_order(backend: &mut impl Backend) {
    let (a, _inbox) = backend.bind().await;
    let (b, mut inbox) = backend.bind().await;
    let sent: Vec<_> = (0..200).map(|n| message(&format!("Echo.m{n}"), n * 100 + 1)).collect();
    for message in &sent {
        a.send_message(b.endpoint(), message).expect("there is room");
    }
    for message in sent {
        let received = next(&mut inbox).await;
        assert_eq!((received.peer.endpoint(), received.message), (a.endpoint(), message));
    }
}

async fn answers_the_source(backend: &mut impl Backend) {
    let (a, mut a_inbox) = backend.bind().await;
    let (b, mut b_inbox) = backend.bind().await;
    a.send_message(b.endpoint(), &message("Echo.echo", 1)).unwrap();
    let request = next(&mut b_inbox).await;
    b.send_message(request.peer.endpoint(), &message("answer", 1)).unwrap();
    let reply = next(&mut a_inbox).await;
    assert_eq!((&*reply.message.subject, reply.peer.endpoint()), ("answer", b.endpoint()));
}

async fn reaches_itself(backend: &mut impl Backend) {
    let (a, mut inbox) = backend.bind().await;
    a.send_message(a.endpoint(), &message("Echo.echo", 1)).unwrap();
    assert_eq!(next(&mut inbox).await.peer.endpoint(), a.endpoint());
}

async fn refuses_oversize(backend: &mut impl Backend) {
    let (a, mut inbox) = backend.bind().await;
    let refused = a.send_message(a.endpoint(), &message("Echo.echo", MAX_BODY_BYTES));
    assert_eq!(refused, Err(NotSent::TooLarge));
    a.send_message(a.endpoint(), &message("Echo.echo", MAX_BODY_BYTES - 1024)).unwrap();
    assert_eq!(next(&mut inbox).await.message.body.len(), MAX_BODY_BYTES - 1024);
}

async fn flushes_when_closed(backend: &mut impl Backend) {
    let (a, _inbox) = backend.bind().await;
    let (b, mut inbox) = backend.bind().await;
    for _ in 0..2000 {
        a.send_message(b.endpoint(), &message("Echo.echo", 1000)).unwrap();
    }
    a.close(PATIENCE).await;
    drop(a);
    for _ in 0..2000 {
        next(&mut inbox).await;
    }
}

async fn refuses_once_closed(backend: &mut impl Backend) {
    let (a, _inbox) = backend.bind().await;
    a.close(PATIENCE).await;
    assert_eq!(a.send_message(a.endpoint(), &message("Echo.echo", 1)), Err(NotSent::Stopped));
    a.close(PATIENCE).await;
}

async fn ends_the_inbox(backend: &mut impl Backend) {
    let (a, mut inbox) = backend.bind().await;
    a.close(PATIENCE).await;
    assert!(inbox.recv().await.is_none());
}

async fn a_dead_peer_delays_nobody(backend: &mut impl Backend) {
    let (a, _inbox) = backend.bind().await;
    let (b, mut inbox) = backend.bind().await;
    let (dead, _) = backend.bind().await;
    let dead_endpoint = dead.endpoint().clone();
    dead.close(PATIENCE).await;
    for _ in 0..10 {
        _ = a.send_message(&dead_endpoint, &message("Echo.echo", 1));
        a.send_message(b.endpoint(), &message("Echo.echo", 1)).unwrap();
        next(&mut inbox).await;
    }
    // Sooner or later senders learn that nobody is there.
    let learned = async {
        while a.send_message(&dead_endpoint, &message("Echo.echo", 1)).is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, learned).await.expect("never refused");
}

async fn forgets_what_was_bound(backend: &mut impl Backend) {
    let (a, inbox) = backend.bind().await;
    let endpoint: Endpoint = a.endpoint().clone();
    drop((a, inbox));
    let (b, _inbox) = backend.bind().await;
    let learned = async {
        while b.send_message(&endpoint, &message("Echo.echo", 1)).is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, learned).await.expect("never refused");
}

async fn tells_of_a_peer_that_died(backend: &mut impl Backend) {
    let (a, mut a_inbox) = backend.bind().await;
    let (b, mut inbox) = backend.bind().await;
    a.send_message(b.endpoint(), &message("Echo.echo", 1)).unwrap();
    next(&mut inbox).await;
    let endpoint = b.endpoint().clone();
    b.close(PATIENCE).await;
    drop((b, inbox));
    let loss = tokio::time::timeout(PATIENCE, a_inbox.lost()).await.expect("never told");
    assert_eq!(loss, Some(Lost::PeerGone(endpoint)));
}
