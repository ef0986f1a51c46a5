//! The protocol without sockets: what peers say in which pieces, and what they must not say.

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use lymph_zmtp::{
    Config, Connection, Event, Greeting, Limits, Mechanism, Metadata, Multipart, PeerInfo, ProtocolError,
    SocketType,
};
use proptest::prelude::*;

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

fn config(limits: Limits) -> Arc<Config> {
    Arc::new(Config { limits, ..Config::new(SocketType::Router, "us") })
}

fn frame(flags: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![flags | LONG];
    bytes.put_u64(body.len() as u64);
    bytes.put_slice(body);
    bytes
}

fn ready(properties: &[(&str, &[u8])]) -> Vec<u8> {
    let mut metadata = Metadata::new();
    for (name, value) in properties {
        metadata.insert(*name, value.to_vec());
    }
    let mut body = BytesMut::from(&b"\x05READY"[..]);
    metadata.encode(&mut body);
    frame(COMMAND, &body)
}

/// All that a peer says before its first message.
fn opening() -> Vec<u8> {
    let mut bytes = Greeting::new(Mechanism::Null, false).encode().to_vec();
    bytes.extend(ready(&[("Socket-Type", b"DEALER"), ("Identity", b"them"), ("X-Any", b"thing")]));
    bytes
}

/// What comes of `bytes`, taken in pieces that end at `cuts`.
fn read(connection: &mut Connection, bytes: &[u8], cuts: &[usize]) -> Result<Vec<Event>, ProtocolError> {
    let mut events = Vec::new();
    let mut begin = 0;
    for end in cuts.iter().copied().chain([bytes.len()]) {
        connection.input().extend_from_slice(&bytes[begin..end]);
        begin = end;
        while let Some(event) = connection.poll()? {
            events.push(event);
        }
    }
    Ok(events)
}

/// A connection past its handshake, with nothing left to write.
fn open(limits: Limits) -> Connection {
    let mut connection = Connection::new(config(limits));
    let events = read(&mut connection, &opening(), &[]).expect("it is right");
    assert!(matches!(events[..], [Event::Ready(_)]), "{events:?}");
    connection.output().clear();
    connection
}

/// The mistake that `bytes` are, after `opening`.
fn mistake(limits: Limits, bytes: &[u8]) -> ProtocolError {
    read(&mut open(limits), bytes, &[]).expect_err("it is wrong")
}

#[test]
fn peers_learn_of_each_other() {
    let mut connection = Connection::new(config(Limits::default()));
    let events = read(&mut connection, &opening(), &[]).expect("it is right");
    let [Event::Ready(PeerInfo { version, socket_type, identity, metadata, key: None })] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((version.major, version.minor, *socket_type), (3, 1, SocketType::Dealer));
    assert_eq!((&identity[..], metadata.get("x-any").map(|it| &it[..])), (&b"them"[..], Some(&b"thing"[..])));
    let expected = b"\xff\0\0\0\0\0\0\0\0\x7f\x03\x01NULL";
    assert_eq!(connection.output()[..16], expected[..]);
    assert_eq!(
        connection.output()[64..],
        b"\x04\x2b\x05READY\x0bSocket-Type\0\0\0\x06ROUTER\x08Identity\0\0\0\x02us"[..]
    );
}

#[test]
fn handshakes_that_are_wrong_end_with_a_word() {
    let dealer: (&str, &[u8]) = ("Socket-Type", b"DEALER");
    let cases: [(Vec<u8>, &str); 8] = [
        (ready(&[]), "the peer's socket type `` is unknown"),
        (ready(&[("Socket-Type", b"\xffX")]), "the peer's socket type `\\xffX` is unknown"),
        (ready(&[("Socket-Type", b"PUB")]), "the peer's socket is a PUB, which cannot talk with a ROUTER"),
        (
            ready(&[dealer, ("Identity", &[7; 256])]),
            "the peer's identity is longer than 255 bytes or begins with zero",
        ),
        (
            ready(&[dealer, ("Identity", b"\0x")]),
            "the peer's identity is longer than 255 bytes or begins with zero",
        ),
        (frame(0, b"hi"), "`message` is out of place in the handshake"),
        (frame(COMMAND, b"\x04PING\0\0"), "`PING` is out of place in the handshake"),
        (frame(COMMAND, b"\x05HELLO"), "`HELLO` is out of place in the handshake"),
    ];
    for (bytes, expected) in cases {
        let mut connection = Connection::new(config(Limits::default()));
        let greeting = Greeting::new(Mechanism::Null, false).encode();
        let error = read(&mut connection, &[&greeting, &bytes[..]].concat(), &[]).expect_err(expected);
        assert_eq!(error.to_string(), expected);
        let output = connection.output();
        let said = output.windows(expected.len()).any(|window| window == expected.as_bytes());
        assert!(said, "{output:?} lacks {expected}");
        assert_eq!(connection.poll(), Ok(None), "it takes no more");
    }
}

#[test]
fn a_refusal_is_told_and_not_answered() {
    let greeting = Greeting::new(Mechanism::Null, false).encode();
    let mut connection = Connection::new(config(Limits::default()));
    let bytes = [&greeting[..], &frame(COMMAND, b"\x05ERROR\x04go\n!")].concat();
    let error = read(&mut connection, &bytes, &[]).expect_err("it is refused");
    assert_eq!(error, ProtocolError::Refused("go\\n!".to_owned()));
    assert!(!connection.output().windows(5).any(|window| window == b"ERROR"));
    assert_eq!(mistake(Limits::default(), &frame(COMMAND, b"\x05ERROR\0")).to_string(), "the peer refuses: ");
}

#[test]
fn lengths_beyond_limits_cost_nothing() {
    for size in [(4 << 20) + 1, 1 << 36, u64::MAX] {
        for flags in [LONG, LONG | MORE] {
            let mut connection = open(Limits::default());
            let mut bytes = vec![flags];
            bytes.put_u64(size);
            let error = read(&mut connection, &bytes, &[]).expect_err("it is too much");
            assert_eq!(error, ProtocolError::FrameTooLarge { bytes: size, limit: 4 << 20 });
            assert!(connection.input().capacity() < 4096 && connection.missing() == 0);
        }
        let mut bytes = vec![LONG | COMMAND];
        bytes.put_u64(size);
        let error = mistake(Limits::default(), &bytes);
        assert_eq!(error, ProtocolError::CommandTooLarge { bytes: size, limit: 4096 });
    }
}

#[test]
fn messages_are_bounded_in_bytes_and_frames() {
    let limits = Limits { frame_bytes: 100, message_bytes: 150, frames: 3, ..Limits::default() };
    assert_eq!(
        mistake(limits, &frame(0, &[0; 101])),
        ProtocolError::FrameTooLarge { bytes: 101, limit: 100 }
    );
    let two = [frame(MORE, &[0; 100]), frame(0, &[0; 100])].concat();
    assert_eq!(mistake(limits, &two), ProtocolError::MessageTooLarge(150));
    let four = [&frame(MORE, b"")[..]; 3].concat();
    assert_eq!(mistake(limits, &[&four[..], &[0, 0]].concat()), ProtocolError::TooManyFrames(3));
    // Commands inside of a message stay in memory with it.
    let ping = frame(COMMAND, b"\x04PING\0\0");
    let pings = [frame(MORE, b""), ping.repeat(20)].concat();
    assert_eq!(mistake(limits, &pings), ProtocolError::MessageTooLarge(150));
    assert!(read(&mut open(limits), &ping.repeat(1000), &[]).is_ok());
    let exact = [frame(MORE, b"1"), frame(MORE, b""), frame(0, &[0; 100])].concat();
    assert_eq!(read(&mut open(limits), &exact, &[]).expect("it is within").len(), 1);
}

#[test]
fn what_is_missing_is_known_once_a_header_is_there() {
    let mut connection = open(Limits::default());
    let bytes = [frame(MORE, b"id"), frame(0, &[0; 1000])].concat();
    connection.input().extend_from_slice(&bytes[..25]);
    assert_eq!(connection.poll(), Ok(None));
    assert_eq!(connection.missing(), bytes.len() - 25);
}

#[test]
fn heartbeats_are_answered_but_not_without_end() {
    let mut connection = open(Limits::default());
    assert_eq!(read(&mut connection, &frame(COMMAND, b"\x04PING\0\x07abc"), &[]), Ok(vec![]));
    assert_eq!(connection.output()[..], b"\x04\x08\x04PONGabc"[..]);
    let flood = frame(COMMAND, b"\x04PING\0\x07abc").repeat(10_000);
    assert_eq!(read(&mut connection, &flood, &[]), Ok(vec![]));
    assert!(connection.output().len() < 300);
    connection.output().clear();
    assert!(connection.ping());
    assert_eq!(connection.output()[..], b"\x04\x07\x04PING\0\0"[..]);
}

#[test]
fn who_speaks_3_0_is_not_asked_for_heartbeats() {
    let mut connection = Connection::new(config(Limits::default()));
    assert!(!connection.ping(), "the handshake is not over");
    let mut bytes = opening();
    bytes[11] = 0;
    read(&mut connection, &bytes, &[]).expect("it is right");
    assert!(!connection.ping());
}

/// One thing that a peer may say.
#[derive(Debug, Clone)]
enum Said {
    Message(Vec<Vec<u8>>),
    /// A heartbeat before the frame of this index.
    Interrupted(Vec<Vec<u8>>, usize),
    Command(&'static [u8]),
}

const COMMANDS: &[&[u8]] = &[b"\x04PING\0\0", b"\x04PONG", b"\x01X\0\0"];

fn said() -> impl Strategy<Value = Said> {
    let body = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..20),
        1 => prop::collection::vec(any::<u8>(), 250..260),
    ];
    let frames = prop::collection::vec(body, 1..6);
    prop_oneof![
        4 => frames.clone().prop_map(Said::Message),
        1 => (frames, 0..6_usize).prop_map(|(frames, index)| Said::Interrupted(frames, index)),
        1 => prop::sample::select(COMMANDS).prop_map(Said::Command),
    ]
}

fn wire(said: &Said) -> Vec<u8> {
    let message = |frames: &[Vec<u8>]| {
        let message = Multipart::new(frames.iter().map(Vec::as_slice));
        let mut bytes = Vec::new();
        // Both forms of a length mean the same.
        for (index, body) in message.frames().enumerate() {
            let more = if index + 1 < frames.len() { MORE } else { 0 };
            match u8::try_from(body.len()) {
                Ok(len) if index % 2 == 0 => bytes.extend([&[more, len], body].concat()),
                _ => bytes.extend(frame(more, body)),
            }
        }
        bytes
    };
    match said {
        Said::Message(frames) => message(frames),
        Said::Interrupted(frames, index) => {
            let index = (*index).min(frames.len() - 1);
            let mut all: Vec<u8> = frames[..index].iter().flat_map(|it| frame(MORE, it)).collect();
            all.extend(frame(COMMAND, b"\x04PING\0\0ctx"));
            all.extend(message(&frames[index..]));
            all
        }
        Said::Command(body) => frame(COMMAND, body),
    }
}

proptest! {
    #[test]
    fn pieces_do_not_matter(
        all in prop::collection::vec(said(), 0..8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut bytes = opening();
        bytes.extend(all.iter().flat_map(wire));
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.sort_unstable();
        let events = read(&mut Connection::new(config(Limits::default())), &bytes, &cuts)?;
        let expected: Vec<_> = all.iter().filter_map(|said| match said {
            Said::Message(frames) | Said::Interrupted(frames, _) => Some(frames.clone()),
            Said::Command(_) => None,
        }).collect();
        let frames = |event: &Event| match event {
            Event::Message(message) => message.frames().map(<[u8]>::to_vec).collect::<Vec<_>>(),
            Event::Ready(_) => panic!("ready twice"),
        };
        prop_assert_eq!(events[1..].iter().map(frames).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_are_taken_or_refused(
        begin in any::<prop::sample::Index>(),
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let limits = Limits { frame_bytes: 64, message_bytes: 100, ..Limits::default() };
        let opening = opening();
        let mut bytes = opening[..begin.index(opening.len() + 1)].to_vec();
        bytes.extend(rest);
        let mut connection = Connection::new(config(limits));
        if read(&mut connection, &bytes, &[]).is_ok() {
            prop_assert!(connection.missing() <= 4096);
        }
    }
}
