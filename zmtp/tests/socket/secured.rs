//! Sockets whose connections are secured.

use std::time::Duration;

use lymph_zmtp::curve::{Allow, SecretKey};
use lymph_zmtp::{DialError, Endpoint, Frame, Options, Peer, SendError};
use tokio::time::timeout;

use crate::{Node, PATIENCE, Told, frames, send};

/// Peers ask each other for signs of life all the time.
fn lively() -> Options {
    Options { heartbeat: Duration::from_millis(5), ..Options::default() }
}

fn generate() -> SecretKey {
    SecretKey::generate().expect("the system has randomness")
}

fn bind(endpoint: &str, keys: &SecretKey, allow: Allow) -> Node {
    Node::bind_as(endpoint, lively(), |socket| socket.secured(keys.clone(), allow))
}

fn node(keys: &SecretKey, allow: Allow) -> Node {
    bind("tcp://127.0.0.1:0", keys, allow)
}

fn dial(from: &Node, to: &Endpoint, keys: &SecretKey) -> Peer {
    from.socket.dial_key(to, &keys.public_key()).expect("there is room")
}

/// Waits until messages for `peer` are refused, and returns why.
async fn refusal(peer: &Peer) -> String {
    let refused = async {
        loop {
            match peer.send(&[Frame::Copied(b"secret")]) {
                Err(SendError::Unreachable(reason)) => return reason,
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    timeout(PATIENCE, refused).await.expect("never refused")
}

#[tokio::test]
async fn messages_arrive_in_both_directions_among_heartbeats() {
    let (ours, theirs) = (generate(), generate());
    let mut client = node(&ours, Allow::default());
    let mut server = node(&theirs, Allow::keys([ours.public_key()]));
    let peer = dial(&client, &server.endpoint, &theirs);
    for number in 0..500_usize {
        send(&peer, &[&number.to_be_bytes(), b"", &vec![7; 1 << (number % 17)]]);
    }
    let Told::Connected(_, info) = server.next().await else { panic!("not told") };
    assert_eq!(info.key, Some(ours.public_key()));
    for number in 0..500_usize {
        let (peer, message) = server.message().await;
        let received = frames(&message);
        assert_eq!(&received[0][..], number.to_be_bytes());
        assert_eq!((received[1].len(), received[2].len()), (0, 1 << (number % 17)));
        send(&peer, &[&received[0]]);
    }
    for number in 0..500_usize {
        assert_eq!(&frames(&client.message().await.1)[0][..], number.to_be_bytes());
    }
}

#[tokio::test]
async fn a_peer_that_restarts_is_reached_again() {
    let (ours, theirs) = (generate(), generate());
    let allow = Allow::keys([ours.public_key()]);
    let client = node(&ours, Allow::default());
    let mut server = node(&theirs, allow.clone());
    for round in 0..3 {
        let peer = dial(&client, &server.endpoint, &theirs);
        let sent = async {
            while peer.send(&[Frame::Copied(format!("{round}").as_bytes())]).is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, sent).await.expect("never reached again");
        assert_eq!(frames(&server.message().await.1), [format!("{round}")]);
        server.socket.close(PATIENCE).await;
        server = bind(&server.endpoint.to_string(), &theirs, allow.clone());
    }
}

#[tokio::test]
async fn closing_sends_what_waits() {
    let keys = generate();
    let mut server = node(&keys, Allow::keys([keys.public_key()]));
    let client = node(&keys, Allow::default());
    let peer = dial(&client, &server.endpoint, &keys);
    for _ in 0..1000 {
        send(&peer, &[&[7; 1000]]);
    }
    assert_eq!(client.socket.close(PATIENCE).await, 0);
    for _ in 0..1000 {
        server.message().await;
    }
}

#[tokio::test]
async fn wrong_keys_deliver_nothing_and_say_why() {
    let (ours, theirs) = (generate(), generate());
    let client = node(&ours, Allow::default());
    let mut server = node(&theirs, Allow::keys([generate().public_key()]));
    let peer = dial(&client, &server.endpoint, &theirs);
    let reason = refusal(&peer).await;
    assert_eq!(reason, "the server refuses this client: it does not allow this key to connect");

    // Another key is another peer, though at the same endpoint.
    let peer = dial(&client, &server.endpoint, &generate());
    let reason = refusal(&peer).await;
    assert!(reason.ends_with("in the handshake; most likely its key is not the one expected"), "{reason}");
    assert!(server.told.try_recv().is_err(), "nobody was connected");
}

#[tokio::test]
async fn open_peers_are_refused() {
    let keys = generate();
    let mut secured = node(&keys, Allow::Anyone);
    let open = Node::new();
    let peer = open.socket.dial(&secured.endpoint).expect("there is room");
    assert_eq!(refusal(&peer).await, "the peer's mechanism is `CURVE`, ours is `NULL`");
    let peer = dial(&secured, &open.endpoint, &keys);
    assert_eq!(refusal(&peer).await, "the peer's mechanism is `NULL`, ours is `CURVE`");
    while let Ok(told) = secured.told.try_recv() {
        assert!(matches!(told, Told::Unsent(..)), "{told:?}");
    }
}

/// Who has the wrong keys now has them in a moment, too.
#[tokio::test]
async fn what_waits_for_a_peer_that_refuses_us_ends_at_once() {
    let patient = || Options { reach: Duration::from_secs(3600), ..Options::default() };
    let secured = |keys: &SecretKey, allow| {
        Node::bind_as("tcp://127.0.0.1:0", patient(), |socket| socket.secured(keys.clone(), allow))
    };
    let (ours, theirs) = (generate(), generate());
    let closed = secured(&theirs, Allow::default());
    let open = || Node::with(patient());
    for (mut client, peer, key, expected) in [
        (
            secured(&ours, Allow::Anyone),
            &closed,
            Some(theirs.public_key()),
            "does not allow this key to connect",
        ),
        (secured(&ours, Allow::Anyone), &closed, Some(ours.public_key()), "its key is not the one expected"),
        (secured(&ours, Allow::Anyone), &open(), Some(theirs.public_key()), "is `NULL`, ours is `CURVE`"),
        (open(), &closed, None, "is `CURVE`, ours is `NULL`"),
    ] {
        let secret = [Frame::Copied(b"secret")];
        client.socket.send(&peer.endpoint, key.as_ref(), &secret).expect("there is room");
        let Told::Unsent(message, reason) = client.next().await else { panic!("not told") };
        assert_eq!(frames(&message), [&b"secret"[..]]);
        assert!(reason.ends_with(expected), "{reason}");
    }
}

#[tokio::test]
async fn keys_are_asked_for_where_they_are_needed() {
    let keys = generate();
    let (secured, open) = (node(&keys, Allow::Anyone), Node::new());
    assert_eq!(secured.socket.dial(&open.endpoint).err(), Some(DialError::NoKey));
    let dialed = open.socket.dial_key(&secured.endpoint, &keys.public_key());
    assert_eq!(dialed.err(), Some(DialError::Unsecured));
}
