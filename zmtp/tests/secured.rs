//! Connections with CURVE: what their bytes do to each other, and to those without.

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use lymph_zmtp::curve::{Allow, CurveError, SecretKey};
use lymph_zmtp::{
    Config, Connection, Event, Limits, Multipart, PeerInfo, ProtocolError, Security, SocketType,
};

/// Greeting of a connection.
const GREETING: usize = 64;

fn config(socket_type: SocketType, identity: &'static str) -> Arc<Config> {
    let limits = Limits { frame_bytes: 1000, message_bytes: 1500, frames: 3, ..Limits::default() };
    Arc::new(Config { limits, ..Config::new(socket_type, identity) })
}

fn generate() -> SecretKey {
    SecretKey::generate().expect("the system has randomness")
}

fn server(keys: &SecretKey, allow: Allow) -> Connection {
    let security = Security::CurveServer { keys: keys.clone(), allow: Arc::new(allow) };
    Connection::with_security(config(SocketType::Router, "server"), security)
}

fn client(keys: &SecretKey, server: &SecretKey) -> Connection {
    let security = Security::CurveClient { keys: keys.clone(), server: server.public_key() };
    Connection::with_security(config(SocketType::Dealer, "client"), security)
}

/// What becomes of a handshake on each side, the client's first.
type Ends = [Result<Option<PeerInfo>, ProtocolError>; 2];

/// Lets the two speak until neither has anything to say.
fn shake_hands(client: &mut Connection, server: &mut Connection) -> Ends {
    let mut ends = [Ok(None), Ok(None)];
    loop {
        let to_server = client.output().split();
        let to_client = server.output().split();
        if to_server.is_empty() && to_client.is_empty() {
            return ends;
        }
        client.input().extend_from_slice(&to_client);
        server.input().extend_from_slice(&to_server);
        for (end, connection) in ends.iter_mut().zip([&mut *client, &mut *server]) {
            match connection.poll() {
                Ok(Some(Event::Ready(peer))) => *end = Ok(Some(peer)),
                Ok(Some(event)) => panic!("{event:?} in a handshake"),
                Ok(None) => {}
                Err(error) => *end = Err(error),
            }
        }
    }
}

/// Both ends of a connection, the client's first.
fn connect() -> (Connection, Connection) {
    let (ours, theirs) = (generate(), generate());
    let mut client = client(&ours, &theirs);
    let mut server = server(&theirs, Allow::keys([ours.public_key()]));
    let ends = shake_hands(&mut client, &mut server);
    assert!(ends.iter().all(|end| matches!(end, Ok(Some(_)))), "{ends:?}");
    (client, server)
}

fn encode(from: &mut Connection, frames: &[&[u8]]) -> BytesMut {
    let mut out = BytesMut::new();
    from.encode(&Multipart::new(frames.iter().copied()), &mut out).expect("it is secured");
    out
}

fn message(connection: &mut Connection) -> Option<Multipart> {
    match connection.poll().expect("nobody broke the protocol") {
        Some(Event::Message(message)) => Some(message),
        Some(event) => panic!("{event:?}"),
        None => None,
    }
}

#[track_caller]
fn check_end(end: &Result<Option<PeerInfo>, ProtocolError>, expected: &str) {
    assert_eq!(end.as_ref().expect_err("it failed").to_string(), expected);
}

#[test]
fn peers_learn_of_each_others_keys() {
    let (ours, theirs) = (generate(), generate());
    let mut client = client(&ours, &theirs);
    let mut server = server(&theirs, Allow::keys([ours.public_key()]));
    let [Ok(Some(of_server)), Ok(Some(of_client))] = shake_hands(&mut client, &mut server) else {
        panic!("they have each other's keys");
    };
    assert_eq!((of_server.key, &of_server.identity[..]), (Some(theirs.public_key()), &b"server"[..]));
    assert_eq!((of_client.key, &of_client.identity[..]), (Some(ours.public_key()), &b"client"[..]));
    assert_eq!(of_client.socket_type, SocketType::Dealer);
}

#[test]
fn messages_arrive_whatever_pieces_they_come_in() {
    let large = [7; 1000];
    let frames: [&[u8]; 3] = [b"id", &large, b""];
    for piece in [1, 7, 2000] {
        let (mut client, mut server) = connect();
        let bytes = encode(&mut client, &frames);
        let mut received = Vec::new();
        for piece in bytes.chunks(piece) {
            server.input().extend_from_slice(piece);
            received.extend(message(&mut server));
        }
        assert_eq!(received, [Multipart::new(frames)]);
        assert!(server.input().is_empty());
    }
}

#[test]
fn nothing_sent_can_be_read_on_the_way() {
    let (mut client, _) = connect();
    let bytes = encode(&mut client, &[b"first frame", b"second frame"]);
    assert!(!bytes.windows(5).any(|part| part == b"frame"), "{bytes:?}");
    // Two frames of which neither says that it is a part of something.
    assert_eq!(bytes[0], 0);
    assert_eq!(bytes[2 + bytes[1] as usize], 0);
}

#[test]
fn heartbeats_are_sealed_and_answered() {
    let (mut client, mut server) = connect();
    assert!(client.ping());
    let ping = client.output().split();
    assert!(!ping.windows(4).any(|part| part == b"PING"));
    server.input().extend_from_slice(&encode_between(&mut client, &ping));
    assert_eq!(message(&mut server), Some(Multipart::new([&b"one"[..], b"two"])));
    let pong = server.output().split();
    assert!(!pong.is_empty() && !pong.windows(4).any(|part| part == b"PONG"));
    client.input().extend_from_slice(&pong);
    assert_eq!(message(&mut client), None);
    client.input().extend_from_slice(&encode(&mut server, &[b"answer"]));
    assert_eq!(message(&mut client), Some(Multipart::new([&b"answer"[..]])));
}

/// What was sealed before a message, and then the message.
fn encode_between(from: &mut Connection, before: &[u8]) -> Vec<u8> {
    [before, &encode(from, &[b"one", b"two"])].concat()
}

#[test]
fn wrong_keys_connect_to_nobody() {
    let (ours, theirs) = (generate(), generate());
    let allow = Allow::keys([ours.public_key()]);

    let ends = shake_hands(&mut client(&ours, &generate()), &mut server(&theirs, allow.clone()));
    assert_eq!(ends[0], Ok(None), "it hears nothing more");
    check_end(&ends[1], "cannot open `HELLO`: the client expects another public key of this server");

    let stranger = generate();
    let ends = shake_hands(&mut client(&stranger, &theirs), &mut server(&theirs, allow));
    check_end(&ends[0], "the server refuses this client: it does not allow this key to connect");
    check_end(&ends[1], &format!("the client's key `{}` is not allowed to connect", stranger.public_key()));

    let ends = shake_hands(&mut client(&ours, &theirs), &mut server(&theirs, Allow::default()));
    assert!(ends.iter().all(Result::is_err), "nobody is allowed unless somebody is");
    let ends = shake_hands(&mut client(&stranger, &theirs), &mut server(&theirs, Allow::Anyone));
    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
}

#[test]
fn peers_without_security_are_refused_before_they_say_a_word() {
    let (ours, theirs) = (generate(), generate());
    let mut open = Connection::new(config(SocketType::Dealer, "open"));
    let ends = shake_hands(&mut open, &mut server(&theirs, Allow::Anyone));
    check_end(&ends[0], "the peer's mechanism is `CURVE`, ours is `NULL`");
    check_end(&ends[1], "the peer's mechanism is `NULL`, ours is `CURVE`");

    let mut open = Connection::new(config(SocketType::Router, "open"));
    let ends = shake_hands(&mut client(&ours, &theirs), &mut open);
    check_end(&ends[0], "the peer's mechanism is `NULL`, ours is `CURVE`");
    check_end(&ends[1], "the peer's mechanism is `CURVE`, ours is `NULL`");
}

/// A peer that announces CURVE and then behaves as if there was none.
#[test]
fn security_cannot_be_left_out_later() {
    let (ours, theirs) = (generate(), generate());
    let ready = b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x06DEALER";
    let plain = b"\0\x05hello";
    let mut server = server(&theirs, Allow::Anyone);
    server.input().extend_from_slice(&client(&ours, &theirs).output()[..GREETING]);
    server.input().extend_from_slice(ready);
    server.input().extend_from_slice(plain);
    let error = server.poll().expect_err("it is no `HELLO`");
    assert_eq!(error.to_string(), "expected `HELLO`, received `READY`");
    assert_eq!(server.poll(), Ok(None), "it takes no more");
    assert_eq!(server.output().len(), GREETING, "nobody is told why");

    let (mut client, mut server) = connect();
    for words in [&plain[..], b"\x04\x07\x04PING\0\0", b"\x04\x09\x05ERROR\x02no"] {
        let (_, mut server) = connect();
        server.input().extend_from_slice(words);
        let error = server.poll().expect_err("it is not sealed");
        assert!(matches!(error, ProtocolError::Curve(CurveError::Unexpected { .. })), "{error}");
    }
    server.input().extend_from_slice(&encode(&mut client, &[b"sealed"]));
    assert_eq!(message(&mut server), Some(Multipart::new([&b"sealed"[..]])));
}

#[test]
fn nothing_is_sent_before_it_can_be_sealed() {
    let (ours, theirs) = (generate(), generate());
    let mut client = client(&ours, &theirs);
    let mut out = BytesMut::new();
    let error = client.encode(&Multipart::new([&b"secret"[..]]), &mut out).expect_err("nobody is there yet");
    assert_eq!(error.to_string(), "`message` is out of place in the handshake");
    assert!(out.is_empty() && !client.ping());
}

#[test]
fn incompatible_sockets_are_told_once_their_owner_is_known() {
    let (ours, theirs) = (generate(), generate());
    let security = Security::CurveClient { keys: ours.clone(), server: theirs.public_key() };
    let mut client = Connection::with_security(config(SocketType::Pub, ""), security);
    let mut server = server(&theirs, Allow::keys([ours.public_key()]));
    let ends = shake_hands(&mut client, &mut server);
    check_end(&ends[1], "the peer's socket is a PUB, which cannot talk with a ROUTER");
    check_end(
        &ends[0],
        "the server refuses this client: the peer's socket is a PUB, which cannot talk with a ROUTER",
    );
}

#[test]
fn limits_hold_for_what_is_sealed() {
    let refused = |frames: &[&[u8]]| {
        let (mut client, mut server) = connect();
        server.input().extend_from_slice(&encode(&mut client, frames));
        server.poll().expect_err("it is too much")
    };
    let large = [7; 1001];
    assert_eq!(refused(&[&large]), ProtocolError::FrameTooLarge { bytes: 1001, limit: 1000 });
    assert_eq!(refused(&[&large[..800], &large[..800]]), ProtocolError::MessageTooLarge(1500));
    assert_eq!(refused(&[b"1", b"2", b"3", b"4"]), ProtocolError::TooManyFrames(3));

    let (_, mut server) = connect();
    let mut announced = vec![0b10];
    announced.put_u64(u64::MAX);
    server.input().extend_from_slice(&announced);
    assert!(matches!(server.poll(), Err(ProtocolError::FrameTooLarge { .. })));
    let (_, mut server) = connect();
    server.input().extend_from_slice(&[1, 60]);
    assert_eq!(server.poll(), Err(ProtocolError::Flags(1)), "more is told under seal");
}

#[test]
fn what_is_missing_is_known() {
    let (mut client, mut server) = connect();
    let bytes = encode(&mut client, &[&[7; 100]]);
    server.input().extend_from_slice(&bytes[..50]);
    assert_eq!(message(&mut server), None);
    assert_eq!(server.missing(), bytes.len() - 50);
}
