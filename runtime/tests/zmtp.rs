//! The ZMTP transport against peers that speak its protocol by hand: rude, stuck, dying.
#![cfg(feature = "zmtp")]

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use lymph::error::NotSent;
use lymph::testing::{Inbox, Lost, Received};
use lymph::transport::zmtp::{Answerable, Settings, Zmtp};
use lymph::transport::{MAX_BODY_BYTES, OUTBOX_MESSAGES, Transport};
use lymph::{Container, Endpoint, Headers, Message, MessageType, MessageView, codec, new_id};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Longer than any single step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn bind() -> (Zmtp, Inbox) {
    let transport = Zmtp::bind(LOOPBACK, None).await.expect("loopback has free ports");
    let inbox = Inbox::of(&transport);
    (transport, inbox)
}

fn message(body_bytes: usize) -> Message {
    Message {
        id: new_id(),
        kind: MessageType::Req,
        subject: "Echo.echo".into(),
        headers: Headers::new(),
        body: vec![0xc0; body_bytes].into(),
    }
}

async fn next(inbox: &mut Inbox) -> Received {
    timeout(PATIENCE, inbox.recv()).await.expect("nothing came").expect("the inbox ended")
}

fn address(endpoint: &Endpoint) -> SocketAddr {
    endpoint.as_str().trim_start_matches("tcp://").parse().expect("it was bound")
}

/// A connection on which the test writes ZMTP 3.0 itself.
struct Raw(TcpStream);

impl Raw {
    /// Connects as a DEALER with this identity.
    async fn connect(endpoint: &Endpoint, identity: &[u8]) -> io::Result<Self> {
        let mut raw = Self(TcpStream::connect(address(endpoint)).await?);
        raw.greet(&[("Socket-Type", b"DEALER"), ("Identity", identity)]).await?;
        Ok(raw)
    }

    /// As a peer of ours connects.
    async fn ours(endpoint: &Endpoint, identity: &[u8]) -> io::Result<Self> {
        let mut raw = Self(TcpStream::connect(address(endpoint)).await?);
        let properties: [(&str, &[u8]); 3] =
            [("Socket-Type", b"DEALER"), ("Identity", identity), ("X-Lymph", b"answers")];
        raw.greet(&properties).await?;
        Ok(raw)
    }

    async fn greet(&mut self, properties: &[(&str, &[u8])]) -> io::Result<()> {
        let mut greeting = [0; 64];
        greeting[..10].copy_from_slice(b"\xff\0\0\0\0\0\0\0\0\x7f");
        greeting[10] = 3;
        greeting[12..16].copy_from_slice(b"NULL");
        self.0.write_all(&greeting).await?;
        let mut ready = b"\x05READY".to_vec();
        for (name, value) in properties {
            ready.push(name.len() as u8);
            ready.extend_from_slice(name.as_bytes());
            ready.extend_from_slice(&(value.len() as u32).to_be_bytes());
            ready.extend_from_slice(value);
        }
        self.0.write_all(&[4, ready.len() as u8]).await?;
        self.0.write_all(&ready).await?;
        self.0.read_exact(&mut greeting).await?;
        self.frame().await?;
        Ok(())
    }

    /// Flags and body of the next short frame.
    async fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let mut header = [0; 2];
        self.0.read_exact(&mut header).await?;
        let mut body = vec![0; header[1].into()];
        self.0.read_exact(&mut body).await?;
        Ok((header[0], body))
    }

    async fn send(&mut self, frames: &[&[u8]]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (index, frame) in frames.iter().enumerate() {
            let more = u8::from(index + 1 < frames.len());
            bytes.push(more | 2);
            bytes.extend_from_slice(&(frame.len() as u64).to_be_bytes());
            bytes.extend_from_slice(frame);
        }
        self.0.write_all(&bytes).await
    }

    async fn send_request(&mut self, id: &str) -> io::Result<()> {
        let headers = codec::to_bytes(&Headers::new());
        self.send(&[id.as_bytes(), b"REQ", b"Echo.echo", &headers, b"\xc0"]).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_is_dropped_and_the_next_is_read() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    let headers = codec::to_bytes(&Headers::new());
    let mut peer = Raw::connect(transport.endpoint(), b"tcp://127.0.0.1:1").await?;
    let rude: [&[&[u8]]; 9] = [
        &[b""],
        &[b"id", b"REQ", b"Echo.echo", &headers],
        &[b"id", b"REQ", b"Echo.echo", &headers, b"\xc0", b""],
        &[b"\xff", b"REQ", b"Echo.echo", &headers, b"\xc0"],
        &[b"id", b"???", b"Echo.echo", &headers, b"\xc0"],
        &[b"id", b"REQ", b"\xff", &headers, b"\xc0"],
        &[b"id", b"REQ", b"Echo.echo", b"\x91", b"\xc0"],
        &[b"id", b"REQ", b"Echo.echo", b"\xc0\xc0", b"\xc0"],
        &[b"id", b"REQ", b"Echo.echo", &headers, &vec![0; MAX_BODY_BYTES]],
    ];
    for frames in rude {
        peer.send(frames).await?;
    }
    peer.send_request("good").await?;
    let received = next(&mut inbox).await;
    assert_eq!((&*received.message.id, received.peer.endpoint().as_str()), ("good", "tcp://127.0.0.1:1"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_could_not_be_answered_is_refused_with_the_reason() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    let cases: [(&[u8], &str); 5] = [
        (b"\xff\xfe", "the identity is no endpoint"),
        (b"", "the identity `` is neither"),
        (b"tcp://host:1", "the identity `tcp://host:1` is neither `tcp://IP:PORT` nor `ipc://PATH`"),
        (b"tcp://192.0.2.1:1", " is not answered at `tcp://192.0.2.1:1`"),
        (b"ipc:///tmp/x", " is not answered at `ipc:///tmp/x`"),
    ];
    for (identity, reason) in cases {
        let mut peer = Raw::connect(transport.endpoint(), identity).await?;
        let (flags, said) = peer.frame().await?;
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(flags == 4 && said.starts_with("\x05ERROR") && said.contains(reason), "{said:?}");
        assert_eq!(peer.0.read(&mut [0]).await?, 0, "it is closed");
    }
    let mut peer = Raw::connect(transport.endpoint(), b"tcp://127.0.0.1:1").await?;
    peer.send_request("good").await?;
    assert_eq!(&*next(&mut inbox).await.message.id, "good");
    let refused = transport.send_message(&Endpoint::new("tcp://host:1"), &message(1));
    assert!(matches!(refused, Err(NotSent::Transport(_))), "{refused:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_networks_may_be_answered_when_they_are_named() -> io::Result<()> {
    let mut settings = Settings::default();
    settings.answerable = Answerable::also_in(vec!["192.0.2.0/24".parse().expect("it is one")]);
    let transport = Zmtp::bind_with(LOOPBACK, None, settings).await.expect("loopback has free ports");
    let mut inbox = Inbox::of(&transport);
    let mut peer = Raw::connect(transport.endpoint(), b"tcp://192.0.2.1:1").await?;
    peer.send_request("good").await?;
    assert_eq!(next(&mut inbox).await.peer.endpoint().as_str(), "tcp://192.0.2.1:1");
    Ok(())
}

#[tokio::test]
async fn settings_limit_what_peers_may_take() -> io::Result<()> {
    let config = "container: {registry: {class: memory}, limits: {connections_per_address: 1}, \
                  answerable: [192.0.2.0/24]}";
    let container = Container::from_config(&config.parse().expect("it is right"));
    let running = container.start().await.expect("it starts");
    let endpoint = running.handle().endpoint().clone();
    // From an address that it may only be answered at since the settings say so.
    let first = Raw::connect(&endpoint, b"tcp://192.0.2.1:1").await?;
    Raw::connect(&endpoint, b"tcp://192.0.2.1:1").await.map(drop).expect_err("one is enough");
    drop(first);
    timeout(PATIENCE, async { while Raw::connect(&endpoint, b"tcp://192.0.2.1:1").await.is_err() {} })
        .await?;
    Ok(())
}

/// Answers `request` in short frames.
fn answer(transport: &Zmtp, request: &Received, id: &str) -> Result<(), NotSent> {
    let subject = request.message.id.as_bytes();
    let (kind, id) = (MessageType::Rep, id.as_bytes());
    let view = MessageView { id, kind, subject, headers: b"\x80", body: b"\xc0", rest: &[], shared: None };
    request.peer.answer(transport, view)
}

async fn read_answer(peer: &mut Raw) -> io::Result<Vec<Vec<u8>>> {
    let mut frames = Vec::new();
    loop {
        let (flags, frame) = peer.frame().await?;
        frames.push(frame);
        if flags == 0 {
            return Ok(frames);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_of_ours_is_answered_over_the_connection_it_asks_over() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    // It calls itself what another one is, too; each gets its own answer.
    let name = b"tcp://127.0.0.1:1";
    let mut first = Raw::ours(transport.endpoint(), name).await?;
    let mut second = Raw::ours(transport.endpoint(), name).await?;
    first.send_request("one").await?;
    let asked_first = next(&mut inbox).await;
    second.send_request("two").await?;
    let asked_second = next(&mut inbox).await;
    answer(&transport, &asked_second, "b").expect("there is room");
    answer(&transport, &asked_first, "a").expect("there is room");
    assert_eq!(read_answer(&mut first).await?, [&b"a"[..], b"REP", b"one", b"\x80", b"\xc0"]);
    assert_eq!(read_answer(&mut second).await?, [&b"b"[..], b"REP", b"two", b"\x80", b"\xc0"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_finds_another_way_when_that_connection_is_gone() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    let (asker, mut asker_inbox) = bind().await;
    let mut peer = Raw::ours(transport.endpoint(), asker.endpoint().as_str().as_bytes()).await?;
    peer.send_request("one").await?;
    let request = next(&mut inbox).await;
    drop(peer);
    // Until it is seen to be gone, answers are lost with it.
    let answered = async {
        loop {
            _ = answer(&transport, &request, "a");
            tokio::select! {
                received = asker_inbox.recv() => break received,
                () = sleep(Duration::from_millis(10)) => {}
            }
        }
    };
    let received = timeout(PATIENCE, answered).await.expect("never answered").expect("the inbox goes on");
    assert_eq!((&*received.message.subject, received.peer.endpoint()), ("one", transport.endpoint()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_ours_need_one_connection() -> io::Result<()> {
    let (asked, mut inbox) = bind().await;
    let (asker, mut asker_inbox) = bind().await;
    asker.send_message(asked.endpoint(), &message(1)).expect("there is room");
    let request = next(&mut inbox).await;
    // Nobody can connect to it, and nobody has to.
    let back = answer(&asked, &request, "a");
    assert_eq!(back, Ok(()));
    let received = next(&mut asker_inbox).await;
    assert_eq!((&*received.message.id, received.peer.endpoint()), ("a", asked.endpoint()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_and_stalled_handshakes_disturb_nobody() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    let mut stalled = Vec::new();
    for bytes in [&b""[..], b"\xff", b"GET / HTTP/1.1\r\n\r\n", &[0; 200], &[0xff; 200]] {
        let mut stream = TcpStream::connect(address(transport.endpoint())).await?;
        stream.write_all(bytes).await?;
        stalled.push(stream);
    }
    let mut peer = Raw::connect(transport.endpoint(), b"tcp://127.0.0.1:1").await?;
    peer.send_request("good").await?;
    assert_eq!(&*next(&mut inbox).await.message.id, "good");
    Ok(())
}

/// A Python peer that restarts on its port, or a command run twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_identity_may_come_back() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    // Also while its old connection is still open, as after a cable was pulled.
    let mut old = Vec::new();
    for round in 0..100 {
        let mut peer = Raw::connect(transport.endpoint(), b"tcp://127.0.0.1:1").await?;
        peer.send_request(&format!("{round}")).await?;
        assert_eq!(*next(&mut inbox).await.message.id, *format!("{round}"));
        if round % 2 == 0 {
            old.push(peer);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stuck_peer_is_bounded_and_reached_again_once_it_restarts() -> io::Result<()> {
    let (transport, _inbox) = bind().await;
    let (other, mut other_inbox) = bind().await;
    let listener = TcpListener::bind((LOOPBACK, 0)).await?;
    let port = listener.local_addr()?.port();
    let stuck = Endpoint::new(format!("tcp://{LOOPBACK}:{port}"));
    transport.send_message(&stuck, &message(1)).expect("the first one is queued");
    let mut connection = Raw(listener.accept().await?.0);
    let identity = stuck.as_str().as_bytes();
    connection.greet(&[("Socket-Type", b"ROUTER"), ("Identity", identity)]).await?;
    // It reads no more. What the kernel takes is a few MiB; then our bounds hold.
    let mut queued = 0;
    let refused = loop {
        match transport.send_message(&stuck, &message(64 << 10)) {
            Ok(()) => queued += 1,
            Err(refused) => break refused,
        }
        assert!(queued < 4 * OUTBOX_MESSAGES, "nothing bounds the queue");
        tokio::task::yield_now().await;
    };
    assert!(matches!(refused, NotSent::QueueFull(_)), "{refused:?}");
    for _ in 0..100 {
        transport.send_message(other.endpoint(), &message(1)).expect("others have room");
        next(&mut other_inbox).await;
    }
    drop((connection, listener));
    let restarted = Zmtp::bind(LOOPBACK, Some(port)).await.expect("the port is free");
    let mut restarted_inbox = Inbox::of(&restarted);
    let reached = async {
        loop {
            tokio::select! {
                received = restarted_inbox.recv() => break received,
                () = sleep(Duration::from_millis(20)) => drop(transport.send_message(&stuck, &message(1))),
            }
        }
    };
    timeout(PATIENCE, reached).await.expect("never reached again").expect("its inbox goes on");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_ends_with_patience_when_a_peer_is_stuck() -> io::Result<()> {
    let (transport, _inbox) = bind().await;
    let listener = TcpListener::bind((LOOPBACK, 0)).await?;
    let stuck = Endpoint::new(format!("tcp://{}", listener.local_addr()?));
    for _ in 0..100 {
        transport.send_message(&stuck, &message(1)).expect("there is room");
    }
    let _silent = listener.accept().await?;
    timeout(PATIENCE, transport.close(Duration::from_millis(200))).await.expect("it hangs");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_never_left_is_told_by_its_id() {
    let (transport, mut inbox) = bind().await;
    let (dead, _) = bind().await;
    let endpoint = dead.endpoint().clone();
    dead.close(PATIENCE).await;
    let message = message(1);
    transport.send_message(&endpoint, &message).expect("nobody knows yet");
    let unsent = Lost::Unsent { peer: endpoint.clone(), id: message.id.to_string() };
    for expected in [unsent, Lost::PeerGone(endpoint)] {
        let loss = timeout(PATIENCE, inbox.lost()).await.expect("never told");
        assert_eq!(loss, Some(expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_does_not_wait_for_a_dead_peer() {
    let (transport, _inbox) = bind().await;
    let (dead, _) = bind().await;
    let endpoint = dead.endpoint().clone();
    dead.close(PATIENCE).await;
    transport.send_message(&endpoint, &message(1)).expect("nobody knows yet");
    timeout(PATIENCE, transport.close(PATIENCE * 10)).await.expect("it waits");
}

#[tokio::test]
async fn addresses_that_nobody_can_reach_are_not_bound() {
    let refused = Zmtp::bind(Ipv4Addr::UNSPECIFIED.into(), None).await.expect_err("it means every address");
    assert!(refused.to_string().contains("0.0.0.0"), "{refused}");
    let (first, _inbox) = bind().await;
    let port = address(first.endpoint()).port();
    let refused = Zmtp::bind(LOOPBACK, Some(port)).await.expect_err("it is taken");
    assert!(refused.to_string().contains(&port.to_string()), "{refused}");
}

/// Set for the test binary that runs as somebody's child, see [`sender_that_exits`].
const PEER: &str = "LYMPH_TEST_PEER";

const LAST_WORDS: usize = 2000;

/// Closing means that the process may exit: what was queued is with the kernel.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_may_exit_once_it_has_closed() -> io::Result<()> {
    let (transport, mut inbox) = bind().await;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--exact", "sender_that_exits"])
        .env(PEER, transport.endpoint().as_str())
        .spawn()?;
    for count in 0..LAST_WORDS {
        timeout(PATIENCE, inbox.recv()).await.unwrap_or_else(|_| panic!("only {count} came"));
    }
    assert!(child.wait()?.success());
    Ok(())
}

/// No test of its own: runs as a child of the one above.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sender_that_exits() {
    let Ok(peer) = std::env::var(PEER) else { return };
    let (transport, _inbox) = bind().await;
    for _ in 0..LAST_WORDS {
        transport.send_message(&Endpoint::new(&*peer), &message(1000)).expect("there is room");
    }
    transport.close(PATIENCE).await;
    std::process::exit(0);
}
