//! Peers that are not what they should be disturb nobody else.

use std::io;
use std::time::Duration;

use lymph_zmtp::{Options, OutboxLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::raw::Raw;
use crate::{Node, PATIENCE, Told, frames, send};

/// Whether a peer as it should be is heard.
async fn is_well(node: &mut Node) {
    let mut peer = Raw::dealer(&node.endpoint, b"good", 1).await.expect("it takes connections");
    peer.send(&[b"good"]).await.expect("it reads");
    loop {
        let (_, message) = node.message().await;
        if frames(&message) == ["good"] {
            return;
        }
    }
}

#[tokio::test]
async fn what_is_not_the_protocol_ends_the_connection() -> io::Result<()> {
    let mut node = Node::new();
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0; 200], &[0xff; 200], b"\xff\0\0\0\0\0\0\0\x01\x7f\x01"]
    {
        let mut raw = Raw::open(&node.endpoint).await?;
        raw.0.write_all(bytes).await?;
        timeout(PATIENCE, raw.rest()).await.expect("it was not closed");
    }
    for frame in [&b"\x02\xff\xff\xff\xff\xff\xff\xff\xff"[..], b"\x02\0\0\0\x10\0\0\0\0", b"\x08\0"] {
        let mut raw = Raw::dealer(&node.endpoint, b"bad", 1).await?;
        raw.0.write_all(frame).await?;
        timeout(PATIENCE, raw.rest()).await.expect("it was not closed");
    }
    is_well(&mut node).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_takes_too_long_ends() -> io::Result<()> {
    let node = Node::new();
    let mut silent = Raw::open(&node.endpoint).await?;
    let mut slow = Raw::open(&node.endpoint).await?;
    slow.0.write_all(b"\xff\0\0").await?;
    for raw in [&mut silent, &mut slow] {
        let mut greeting = [0; 64];
        raw.0.read_exact(&mut greeting).await?;
        assert_eq!(raw.rest().await, b"");
    }
    Ok(())
}

#[tokio::test]
async fn who_is_not_welcome_is_told_why() -> io::Result<()> {
    let mut node = Node::new();
    let mut raw = Raw::dealer(&node.endpoint, b"unwelcome", 1).await?;
    assert_eq!(raw.frame().await?, (4, b"\x05ERROR\x09you again".to_vec()));
    assert_eq!(raw.rest().await, b"");
    is_well(&mut node).await;
    Ok(())
}

#[tokio::test]
async fn connections_are_counted() -> io::Result<()> {
    let options = Options { max_accepted: 3, max_accepted_per_address: 2, ..Options::default() };
    let mut node = Node::with(options);
    let first = Raw::dealer(&node.endpoint, b"1", 1).await?;
    let _second = Raw::dealer(&node.endpoint, b"2", 1).await?;
    let mut third = Raw::open(&node.endpoint).await?;
    assert_eq!(third.rest().await, b"", "it is turned away");
    drop(first);
    node.disconnected().await;
    // The place is free as soon as the task is seen to have ended.
    while Raw::dealer(&node.endpoint, b"3", 1).await.is_err() {}
    Ok(())
}

/// Two connections may claim the same name; neither gets what is meant for the other.
#[tokio::test]
async fn answers_go_to_the_connection_that_asked() -> io::Result<()> {
    let mut node = Node::new();
    let mut old = Raw::dealer(&node.endpoint, b"tcp://127.0.0.1:1", 1).await?;
    old.send(&[b"from old"]).await?;
    let (asked_first, message) = node.message().await;
    assert_eq!(frames(&message), ["from old"]);
    let mut new = Raw::dealer(&node.endpoint, b"tcp://127.0.0.1:1", 1).await?;
    new.send(&[b"from new"]).await?;
    let (asked_second, _) = node.message().await;
    send(&asked_first, &[b"to old"]);
    send(&asked_second, &[b"to new"]);
    assert_eq!(old.frame().await?, (0, b"to old".to_vec()));
    assert_eq!(new.frame().await?, (0, b"to new".to_vec()));
    Ok(())
}

#[tokio::test]
async fn who_does_not_take_its_answers_is_not_read_from() -> io::Result<()> {
    let outbox = OutboxLimits { messages: 1000, bytes: 4 << 20, ..OutboxLimits::default() };
    let mut node = Node::with(Options { outbox, ..Options::default() });
    let mut stuck = Raw::dealer(&node.endpoint, b"stuck", 1).await?;
    stuck.send(&[b"first"]).await?;
    let (peer, _) = node.message().await;
    // What the kernel takes is a few MiB; then a quarter of our bounds is the most that waits.
    let answer = vec![7; 64 << 10];
    while peer.unsent() <= 250 && peer.unsent() * answer.len() <= 1 << 20 {
        send(&peer, &[&answer]);
        tokio::task::yield_now().await;
    }
    stuck.send(&[b"second"]).await?;
    is_well(&mut node).await;
    let mut all = vec![0; 1 << 20];
    let told = loop {
        tokio::select! {
            told = node.next() => if let Told::Message(_, message) = told {
                break message;
            },
            read = stuck.0.read(&mut all) => assert!(read? > 0),
        }
    };
    assert_eq!(frames(&told), ["second"], "it is read again");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn who_gives_no_sign_of_life_is_let_go() -> io::Result<()> {
    let mut node = Node::new();
    let mut half_open = Raw::dealer(&node.endpoint, b"half open", 1).await?;
    assert!(matches!(node.next().await, Told::Connected(..)));
    let begun = tokio::time::Instant::now();
    assert_eq!(half_open.frame().await?, (4, b"\x04PING\0\0".to_vec()));
    half_open.0.write_all(b"\x04\x05\x04PONG").await?;
    assert_eq!(half_open.frame().await?, (4, b"\x04PING\0\0".to_vec()));
    assert_eq!(half_open.rest().await, b"");
    node.disconnected().await;
    let options = Options::default();
    assert!(begun.elapsed() >= options.heartbeat * 2 + options.heartbeat_patience);
    // Who would not understand the question has until it is idle.
    let mut old = Raw::dealer(&node.endpoint, b"old", 0).await?;
    let begun = tokio::time::Instant::now();
    assert_eq!(old.rest().await, b"");
    assert!(begun.elapsed() >= options.idle - Duration::from_secs(1));
    Ok(())
}
