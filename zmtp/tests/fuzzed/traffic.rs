// What must hold of a connection after its handshake, whatever a peer says.

use bytes::BytesMut;
use lymph_zmtp::curve::{Client, Flags, Session};
use lymph_zmtp::{Connection, Event, Greeting, Mechanism, Multipart};

use super::handshake::{KEYS, LIMITS, answer, command, config, server_security, take};

/// What a peer says of itself.
const METADATA: &[u8] = b"\x0bSocket-Type\0\0\0\x06DEALER";

/// The first byte says in what pieces the others come, or that they are to be sealed.
pub(crate) fn check(input: &[u8]) {
    match input {
        [0, bytes @ ..] => sealed(bytes),
        [piece, bytes @ ..] => open(bytes, (*piece).into()),
        [] => {}
    }
}

/// Bytes of any peer.
fn open(bytes: &[u8], piece: usize) {
    let (mut whole, mut pieces) = (ready(), ready());
    let outcome = take(&mut whole, bytes, usize::MAX);
    assert_eq!(outcome, take(&mut pieces, bytes, piece), "pieces make a difference");
    assert_eq!(whole.output(), pieces.output(), "pieces make a difference to what is said");
    let (events, error) = outcome;
    let (expected, end) = said(bytes);
    assert_eq!(error.is_some(), end == End::Refused, "{error:?}");
    assert!(error.is_some() || whole.is_amid_message() == (end == End::Amid), "{end:?}");
    assert_eq!(messages(&events).count(), expected.len(), "{events:?}");
    for (message, expected) in messages(&events).zip(expected) {
        is_sound(message);
        assert!(message.frames().eq(expected), "it is not what was said");
        // What is written of it is read again.
        let again = take(&mut ready(), Multipart::new(message.frames()).wire(), usize::MAX);
        let [Event::Message(again)] = &again.0[..] else { panic!("{again:?}") };
        assert!(again.frames().eq(message.frames()));
    }
}

/// How what a peer says ends.
#[derive(Debug, PartialEq)]
enum End {
    /// Behind a message or command.
    Whole,
    /// Before the message or command that it began is over.
    Amid,
    /// Where it breaks the protocol or a limit.
    Refused,
}

/// Messages that a peer says, and how that ends: read as plainly as can be.
fn said(mut bytes: &[u8]) -> (Vec<Vec<&[u8]>>, End) {
    let (mut messages, mut frames, mut whole) = (Vec::new(), Vec::new(), 0);
    while let [flags, rest @ ..] = bytes {
        let (is_more, is_long, is_command) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        if *flags > 7 || is_more && is_command {
            return (messages, End::Refused);
        }
        let Some((length, rest)) = rest.split_at_checked(if is_long { 8 } else { 1 }) else { break };
        let length = length.iter().fold(0, |length, byte| length << 8 | u64::from(*byte));
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let counts = !is_command || !frames.is_empty();
        whole += if is_long { 9 } else { 2 };
        let is_too_much = if is_command {
            length > LIMITS.command_bytes
        } else {
            length > LIMITS.frame_bytes || frames.len() == LIMITS.frames
        };
        if is_too_much || counts && whole + length > LIMITS.message_bytes {
            return (messages, End::Refused);
        }
        let Some((body, rest)) = rest.split_at_checked(length) else { break };
        (bytes, whole) = (rest, whole + length);
        if is_command && !is_harmless(body) {
            return (messages, End::Refused);
        }
        if !is_command {
            frames.push(body);
            if !is_more {
                messages.push(std::mem::take(&mut frames));
            }
        }
        if frames.is_empty() {
            whole = 0;
        }
    }
    let is_amid = !bytes.is_empty() || !frames.is_empty();
    (messages, if is_amid { End::Amid } else { End::Whole })
}

/// Whether it is a command that ends nothing.
fn is_harmless(body: &[u8]) -> bool {
    let [length @ 1..=255, rest @ ..] = body else { return false };
    match rest.split_at_checked((*length).into()) {
        Some((b"PING", data)) => (2..=18).contains(&data.len()),
        Some((b"PONG", data)) => data.len() <= 16,
        Some((name, _)) => name != b"ERROR",
        None => false,
    }
}

fn ready() -> Connection {
    let mut connection = Connection::new(config());
    let greeting = Greeting::new(Mechanism::Null, false).encode();
    let bytes = [&greeting[..], &command(&[b"\x05READY", METADATA].concat())].concat();
    let (events, error) = take(&mut connection, &bytes, usize::MAX);
    assert!(matches!((&events[..], error), ([Event::Ready(_)], None)));
    connection.output().clear();
    connection
}

/// Frames of a peer that has proved who it is: flags, a length, and as many bytes.
fn sealed(mut bytes: &[u8]) {
    let (mut connection, mut session) = secured();
    let mut frames = Vec::new();
    while let [what, length, rest @ ..] = bytes {
        let (body, rest) = rest.split_at(rest.len().min((*length).into()));
        bytes = rest;
        let (is_sealed, flags) = (what & 0x80 == 0, Flags { more: what & 1 != 0, command: what & 2 != 0 });
        let mut frame = BytesMut::new();
        if is_sealed {
            session.seal(flags, body, &mut frame).expect("numbers are left");
        } else {
            frame.extend_from_slice(body);
        }
        let header = [&[2][..], &(frame.len() as u64).to_be_bytes()].concat();
        let (events, error) = take(&mut connection, &[&header[..], &frame].concat(), 7);
        let written = frames.iter().chain([&body]).map(|frame| 2 + frame.len()).sum::<usize>();
        let is_too_much = frames.len() == LIMITS.frames || written > LIMITS.message_bytes;
        let is_wrong = !is_sealed || flags.command && !is_harmless(body);
        assert_eq!(error.is_some(), is_wrong || is_too_much, "{error:?}");
        if error.is_some() {
            return;
        }
        if !flags.command {
            frames.push(body);
        }
        if !flags.command && !flags.more {
            let [Event::Message(message)] = &events[..] else { panic!("{events:?}") };
            is_sound(message);
            assert!(message.frames().eq(frames.drain(..)), "it is not what was sealed");
        } else {
            assert_eq!(events, []);
        }
        assert_eq!(connection.is_amid_message(), !frames.is_empty());
    }
}

/// A connection to a peer that has proved who it is, and what that seals with.
fn secured() -> (Connection, Session) {
    let [ours, theirs] = &*KEYS;
    let mut connection = Connection::with_security(config(), server_security());
    let (client, hello) = Client::start(theirs, &ours.public_key()).expect("both keys are real");
    let greeting = Greeting::new(Mechanism::Curve, false).encode();
    assert_eq!(take(&mut connection, &greeting, usize::MAX), (Vec::new(), None));
    let welcome = answer(&mut connection, &command(&hello));
    let (client, initiate) = client.welcome(&welcome, METADATA).expect("it is the server's");
    let ready = answer(&mut connection, &command(&initiate));
    let (session, _) = client.ready(&ready).expect("it is the server's");
    (connection, session)
}

fn messages(events: &[Event]) -> impl Iterator<Item = &Multipart> {
    events.iter().filter_map(|event| if let Event::Message(message) = event { Some(message) } else { None })
}

/// It is within limits, and its parts agree with each other.
fn is_sound(message: &Multipart) {
    let count = message.frames().count();
    assert_eq!((count, message.shared_frames().count()), (message.len(), message.len()));
    assert!((1..=LIMITS.frames).contains(&count), "{count} frames");
    assert!(message.frames().all(|frame| frame.len() <= LIMITS.frame_bytes), "a frame is too long");
    assert!(message.wire_bytes() <= LIMITS.message_bytes, "{} bytes", message.wire_bytes());
    assert!(message.frame(count).is_none() && message.frame(count - 1).is_some());
}
