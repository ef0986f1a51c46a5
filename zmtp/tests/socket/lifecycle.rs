//! Connections come and go; messages are sent, or told.

use std::io;
use std::time::Duration;

use lymph_zmtp::{Endpoint, Frame, Listener, Options, SendError};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::raw::Raw;
use crate::{Node, PATIENCE, Told, frames, send};

/// An endpoint that nobody listens at, and no test beside this one is given.
fn nowhere() -> Endpoint {
    "tcp://127.0.0.1:1".parse().expect("it is one")
}

#[tokio::test]
async fn a_peer_that_restarts_is_reached_again() {
    let mut client = Node::new();
    let mut server = Node::new();
    for round in 0..5 {
        let peer = client.socket.dial(&server.endpoint).expect("there is room");
        // It is refused until somebody is seen to be there again.
        let sent = async {
            while peer.send(&[Frame::Copied(format!("{round}").as_bytes())]).is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, sent).await.expect("never reached again");
        let (peer, message) = server.message().await;
        assert_eq!(frames(&message), [format!("{round}")]);
        send(&peer, &[b"answer"]);
        client.message().await;
        server.socket.close(PATIENCE).await;
        client.disconnected().await;
        server = Node::bind(&server.endpoint.to_string(), Options::default());
    }
}

#[tokio::test]
async fn closing_sends_what_waits() {
    let (mut server, client) = (Node::new(), Node::new());
    for _ in 0..2000 {
        client.send(&server.endpoint, &[&[7; 1000]]);
    }
    assert_eq!(client.socket.close(PATIENCE).await, 0);
    assert!(client.socket.dial(&server.endpoint).is_err());
    for _ in 0..2000 {
        server.message().await;
    }
    // So does the side that was connected to.
    let client = Node::new();
    client.send(&server.endpoint, &[b"ask"]);
    let (peer, _) = server.message().await;
    for _ in 0..2000 {
        send(&peer, &[&[7; 1000]]);
    }
    assert_eq!(server.socket.close(PATIENCE).await, 0);
    let mut client = client;
    for _ in 0..2000 {
        client.message().await;
    }
    assert!(matches!(peer.send(&[Frame::Copied(b"more")]), Err(SendError::Closed)));
}

#[tokio::test]
async fn messages_that_reach_nobody_are_told() {
    let mut client = Node::new();
    let nowhere = nowhere();
    client.send(&nowhere, &[b"first", b"body"]);
    client.send(&nowhere, &[b"second"]);
    for id in ["first", "second"] {
        let Told::Unsent(message, _) = client.next().await else { panic!("not told") };
        assert_eq!(frames(&message)[0], id);
    }
    let Told::Gone(endpoint) = client.next().await else { panic!("not told") };
    assert_eq!(endpoint, nowhere);
    let peer = client.socket.dial(&nowhere).expect("there is room");
    assert!(matches!(peer.send(&[Frame::Copied(b"third")]), Err(SendError::Unreachable(_))));
}

#[tokio::test]
async fn what_a_broken_connection_had_not_sent_goes_over_the_next() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = Endpoint::Tcp(listener.local_addr()?);
    let client = Node::new();
    let peer = client.socket.dial(&endpoint).expect("there is room");
    send(&peer, &[b"0"]);
    let mut stuck = Raw(listener.accept().await?.0);
    stuck.greet(b"ROUTER", b"", 1).await?;
    // More than the kernel takes.
    let body = vec![7; 1 << 20];
    for count in 1..20 {
        send(&peer, &[format!("{count}").as_bytes(), &body]);
    }
    while peer.unsent() > 18 {
        tokio::task::yield_now().await;
    }
    drop(stuck);
    let mut next = Raw(listener.accept().await?.0);
    next.greet(b"ROUTER", b"", 1).await?;
    let (_, id) = next.frame().await?;
    let first: usize = String::from_utf8_lossy(&id).parse().expect("it begins with a whole message");
    assert!((1..20).contains(&first), "{first}");
    Ok(())
}

#[tokio::test]
async fn closing_ends_with_patience_when_a_peer_is_stuck() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Node::new();
    let endpoint = Endpoint::Tcp(listener.local_addr()?);
    for _ in 0..100 {
        client.send(&endpoint, &[b"waits"]);
    }
    let _silent = listener.accept().await?;
    assert_eq!(client.socket.close(Duration::from_millis(100)).await, 100);
    Ok(())
}

#[tokio::test]
async fn closing_does_not_wait_for_a_dead_peer() {
    let client = Node::new();
    client.send(&nowhere(), &[b"waits"]);
    timeout(PATIENCE, client.socket.close(PATIENCE * 10)).await.expect("it waits");
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_and_made_again() {
    let (heartbeat, idle) = (Duration::from_secs(2), Duration::from_secs(6));
    let options = Options { heartbeat, idle, ..Options::default() };
    let (mut server, mut client) = (Node::new(), Node::with(options));
    for _ in 0..3 {
        client.send(&server.endpoint, &[b"hello"]);
        server.message().await;
        server.disconnected().await;
        client.disconnected().await;
    }
}

#[tokio::test]
async fn a_socket_that_is_dropped_ends_everything() {
    let (mut server, client) = (Node::new(), Node::new());
    client.send(&server.endpoint, &[b"hello"]);
    let (peer, _) = server.message().await;
    drop(client);
    server.disconnected().await;
    let ended = async {
        while peer.send(&[Frame::Copied(b"answer")]) != Err(SendError::Closed) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, ended).await.expect("the handle goes on");
}

#[tokio::test]
async fn an_address_that_is_in_use_is_not_bound_again() {
    let node = Node::new();
    let error = Listener::bind(&node.endpoint).expect_err("it is taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}
