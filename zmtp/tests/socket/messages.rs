//! What is sent arrives, in order, from whichever side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use lymph_zmtp::{
    Config, Frame, Handler, Listener, Multipart, Options, OutboxLimits, Pace, Peer, PeerInfo, Receiver,
    SendError, Socket, SocketType,
};
use tokio::io::AsyncWriteExt;
use tokio::runtime;
use tokio::sync::mpsc;

use crate::raw::Raw;
use crate::{Node, PATIENCE, Told, frames, send};

static UNIQUE: AtomicUsize = AtomicUsize::new(0);

/// A path in the temporary folder that nobody else uses.
fn ipc() -> String {
    let number = UNIQUE.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("lymph-zmtp-{}-{number}", std::process::id()));
    format!("ipc://{}", path.display())
}

async fn answers_come_back_on_the_same_connection(mut server: Node, mut client: Node) {
    for count in 0..100_usize {
        client.send(&server.endpoint, &[b"id", count.to_string().as_bytes(), &vec![7; count * 1000]]);
    }
    for count in 0..100_usize {
        let (peer, message) = server.message().await;
        assert_eq!(frames(&message)[1], count.to_string());
        assert_eq!(message.frame(2).map(<[u8]>::len), Some(count * 1000));
        send(&peer, &[b"answer", count.to_string().as_bytes()]);
    }
    for count in 0..100_usize {
        let (peer, message) = client.message().await;
        assert_eq!(frames(&message), ["answer", &count.to_string()]);
        assert_eq!(peer.remote(), &lymph_zmtp::Remote::Dialed(server.endpoint.clone()));
    }
    assert_eq!(client.socket.close(PATIENCE).await, 0);
    assert_eq!(server.socket.close(PATIENCE).await, 0);
}

#[tokio::test]
async fn over_tcp() {
    answers_come_back_on_the_same_connection(Node::new(), Node::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tcp_on_two_threads() {
    answers_come_back_on_the_same_connection(Node::new(), Node::new()).await;
}

#[tokio::test]
async fn over_ipc() {
    let node = || Node::bind(&ipc(), Options::default());
    answers_come_back_on_the_same_connection(node(), node()).await;
}

#[tokio::test]
async fn peers_know_each_other_by_identity() {
    let (mut server, mut client) = (Node::new(), Node::new());
    client.send(&server.endpoint, &[b"hello"]);
    let Told::Connected(_, info) = server.next().await else { panic!("no connection") };
    assert_eq!((info.identity, info.version.minor), (client.endpoint.to_string().into(), 1));
    let Told::Connected(peer, info) = client.next().await else { panic!("no connection") };
    assert_eq!(info.identity, server.endpoint.to_string());
    let (_, message) = server.message().await;
    drop((peer, message));
}

#[tokio::test]
async fn large_frames_are_sent_from_where_they_lie() {
    let (mut server, client) = (Node::new(), Node::new());
    let body = Bytes::from((0..4 << 20).map(|index| (index % 251) as u8).collect::<Vec<_>>());
    let peer = client.socket.dial(&server.endpoint).expect("there is room");
    for _ in 0..5 {
        peer.send(&[Frame::Copied(b"id"), Frame::Shared(&body), Frame::Copied(b"end")])
            .expect("there is room");
    }
    for _ in 0..5 {
        let (_, message) = server.message().await;
        assert!(frames(&message) == [&b"id"[..], &body, b"end"]);
    }
}

#[tokio::test]
async fn what_waits_is_bounded() {
    let outbox = OutboxLimits { messages: 10, bytes: 1000, message_bytes: 600 };
    let mut server = Node::new();
    let client = Node::with(Options { outbox, ..Options::default() });
    let peer = client.socket.dial(&server.endpoint).expect("there is room");
    assert_eq!(peer.send(&[Frame::Copied(&[7; 600])]), Err(SendError::TooLarge));
    // The connection's task has not run yet.
    peer.send(&[Frame::Copied(&[7; 500])]).expect("there is room");
    assert_eq!(peer.send(&[Frame::Copied(&[7; 500])]), Err(SendError::Full));
    for _ in 0..9 {
        peer.send(&[Frame::Copied(b"x")]).expect("there is room");
    }
    assert_eq!(peer.send(&[Frame::Copied(b"x")]), Err(SendError::Full));
    for _ in 0..10 {
        server.message().await;
    }
    // Once it is written there is room again, which was before the other side could read it.
    peer.send(&[Frame::Copied(&[7; 500])]).expect("there is room");
    server.message().await;
}

#[tokio::test]
async fn more_than_one_turn_is_handed_over_in_order() {
    let mut server = Node::with(Options { turn_messages: 3, ..Options::default() });
    let mut raw = Raw::dealer(&server.endpoint, b"", 1).await.expect("it is there");
    for count in 0..1000 {
        raw.send(&[format!("{count}").as_bytes()]).await.expect("it reads");
    }
    for count in 0..1000 {
        assert_eq!(frames(&server.message().await.1), [format!("{count}")]);
    }
}

/// Answers each message, and notes how many answers had not left by then.
struct Answering {
    noted: mpsc::UnboundedSender<usize>,
}

struct Answerer {
    peer: Peer,
    noted: mpsc::UnboundedSender<usize>,
}

impl Handler for Answering {
    type Receiver = Answerer;

    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Answerer, String> {
        Ok(Answerer { peer: peer.clone(), noted: self.noted.clone() })
    }
}

impl Receiver for Answerer {
    fn message(&mut self, message: Multipart) -> Pace {
        _ = self.noted.send(self.peer.unsent());
        self.peer.send(&[Frame::Copied(message.wire())]).expect("there is room");
        Pace::Steady
    }
}

/// How many answers had not left at each of four hundred requests that were read at once, 40 KB in all.
async fn unsent_at_each(busy_poll: Duration) -> Vec<usize> {
    let (sender, mut noted) = mpsc::unbounded_channel();
    let options = Options { busy_poll, turn_messages: 1000, ..Options::default() };
    let listener = Listener::bind(&"tcp://127.0.0.1:0".parse().expect("it is one")).expect("it is free");
    let endpoint = listener.endpoint().clone();
    let socket = Socket::new(Config::new(SocketType::Router, ""), options, Answering { noted: sender });
    socket.listen(listener);
    let mut raw = Raw::dealer(&endpoint, b"", 1).await.expect("it is there");
    for _ in 0..10 {
        // These make the buffer large enough for all that follow.
        raw.send(&[&[7; 30_000]]).await.expect("it reads");
        noted.recv().await.expect("it has come");
    }
    let mut all = BytesMut::new();
    for _ in 0..400 {
        all.put_slice(&[0, 98]);
        all.put_slice(&[7; 98]);
    }
    raw.0.write_all(&all).await.expect("it reads");
    let mut unsent = Vec::new();
    while unsent.len() < 400 {
        unsent.push(noted.recv().await.expect("it has come"));
    }
    unsent
}

#[tokio::test]
async fn answers_to_the_first_half_leave_before_the_second_is_handed_over() {
    // A wait that does not end is never in vain.
    let unsent = unsent_at_each(Duration::from_secs(3600)).await;
    let second = unsent.iter().skip(1).position(|unsent| *unsent == 0).expect("they left");
    assert!((150..250).contains(&second), "{unsent:?}");
    let unsent = unsent_at_each(Duration::ZERO).await;
    assert_eq!(unsent, (0..400).collect::<Vec<_>>(), "nobody runs beside us, as far as we know");
}

/// How many messages of ten tasks, ready at once, had not left when the last of them was sent.
async fn gathered(peer: Peer) -> usize {
    let send = |_| {
        let peer = peer.clone();
        tokio::spawn(async move {
            send(&peer, &[b"message"]);
            peer.unsent()
        })
    };
    let senders: Vec<_> = (0..10).map(send).collect();
    let mut most = 0;
    for sender in senders {
        most = most.max(sender.await.expect("it sends"));
    }
    most
}

#[test]
fn messages_of_many_tasks_leave_together() {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("it starts").block_on(async {
        let (mut server, client) = (Node::new(), Node::new());
        client.send(&server.endpoint, &[b"connected"]);
        server.message().await;
        let peer = client.socket.dial(&server.endpoint).expect("there is room");
        // Now and then the runtime looks after everything in the midst of them.
        let mut attempts = Vec::new();
        while attempts.last() != Some(&10) {
            assert!(attempts.len() < 1000, "so many waited for each other: {attempts:?}");
            attempts.push(tokio::spawn(gathered(peer.clone())).await.expect("they send"));
            (0..10).for_each(|_| drop(server.told.try_recv()));
        }
    });
}
