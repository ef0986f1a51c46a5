//! Connections that are spread over threads of their socket.

use std::num::NonZeroUsize;

use lymph_zmtp::{
    Config, Endpoint, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo, Receiver, Socket,
    SocketType, Threads,
};

use crate::{Node, PATIENCE, Told, frames};

fn threads(name: &str, count: usize) -> Threads {
    Threads::start(name, NonZeroUsize::new(count).expect("some")).expect("the system has more")
}

/// Answers with the name of the thread that it is asked on.
struct Namer;

struct Naming(Peer);

impl Handler for Namer {
    type Receiver = Naming;

    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Naming, String> {
        Ok(Naming(peer.clone()))
    }
}

impl Receiver for Naming {
    fn message(&mut self, _: Multipart) -> Pace {
        let name = std::thread::current().name().unwrap_or("nameless").to_owned();
        self.0.send(&[Frame::Copied(name.as_bytes())]).expect("there is room");
        Pace::Steady
    }
}

/// A socket of `count` threads that says which of them it is asked on.
fn namer(count: usize) -> (Socket<Namer>, Endpoint) {
    let listener = Listener::bind(&"tcp://127.0.0.1:0".parse().expect("it is one")).expect("it is free");
    let endpoint = listener.endpoint().clone();
    let socket = Socket::new(Config::new(SocketType::Router, ""), Options::default(), Namer);
    let socket = socket.spread_over(threads("namer", count));
    socket.listen(listener);
    (socket, endpoint)
}

#[tokio::test]
async fn each_connection_is_served_by_the_thread_that_has_the_fewest() {
    let (socket, endpoint) = namer(3);
    let mut clients: Vec<_> = (0..6).map(|_| Node::new()).collect();
    let mut names = Vec::new();
    for client in &mut clients {
        client.send(&endpoint, &[b"where?"]);
        names.push(String::from_utf8(frames(&client.message().await.1)[0].to_vec()).expect("a name"));
    }
    // It stays where it is.
    clients[0].send(&endpoint, &[b"where?"]);
    assert_eq!(frames(&clients[0].message().await.1)[0], names[0]);
    names.sort();
    assert_eq!(names, ["namer-0", "namer-0", "namer-1", "namer-1", "namer-2", "namer-2"]);
    assert_eq!(socket.close(PATIENCE).await, 0);
}

#[tokio::test]
async fn each_thread_has_its_own_connection_to_a_peer_that_lets_it() {
    let mut server = Node::new();
    let client = Node::bind_as("tcp://127.0.0.1:0", Options::default(), |socket| {
        socket.spread_over(threads("caller", 2))
    });
    let usual = client.socket.usual_thread(&server.endpoint);
    let mut connections = 0;
    for thread in [0, 1, 0, usual] {
        client
            .socket
            .send_on(thread, &server.endpoint, None, &[Frame::Copied(b"hello")])
            .expect("there is room");
        loop {
            match server.next().await {
                Told::Connected(..) => connections += 1,
                Told::Message(_, message) => break assert_eq!(frames(&message)[0], "hello"),
                other => panic!("{other:?}"),
            }
        }
    }
    client.send(&server.endpoint, &[b"as usual"]);
    assert_eq!(frames(&server.message().await.1)[0], "as usual");
    assert_eq!(connections, 2);
    assert_eq!(client.socket.this_thread(), None, "a test runs elsewhere");
    assert_eq!(client.socket.close(PATIENCE).await, 0);
    server.disconnected().await;
    server.disconnected().await;
}

#[tokio::test]
async fn what_waits_is_sent_before_the_threads_end() {
    let mut server = Node::new();
    let client = Node::bind_as("tcp://127.0.0.1:0", Options::default(), |socket| {
        socket.spread_over(threads("sender", 2))
    });
    for count in 0..2000 {
        let sent = client.socket.send_on(count % 2, &server.endpoint, None, &[Frame::Copied(&[7; 1000])]);
        sent.expect("there is room");
    }
    assert_eq!(client.socket.close(PATIENCE).await, 0);
    for _ in 0..2000 {
        server.message().await;
    }
    assert!(client.socket.send(&server.endpoint, None, &[]).is_err(), "it is closed");
}
