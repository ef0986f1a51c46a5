// What must hold of a connection after its handshake, whatever a peer says.

use std::sync::{Arc, LazyLock};

use bytes::BytesMut;
use lymph_zmtp::curve::{Allow, Client, Flags, SecretKey, Session};
use lymph_zmtp::{Connection, Event, Greeting, Limits, Mechanism, Multipart, Security};

use super::handshake::{config, take};

/// What a peer says of itself.
const METADATA: &[u8] = b"\x0bSocket-Type\0\0\0\x06DEALER";

static KEYS: LazyLock<[SecretKey; 2]> =
    LazyLock::new(|| [7, 8].map(|byte| SecretKey::from_bytes(&[byte; 32])));

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
    for message in messages(&outcome.0) {
        is_sound(message);
        // What is written of it is read again.
        let again = take(&mut ready(), Multipart::new(message.frames()).wire(), usize::MAX);
        let [Event::Message(again)] = &again.0[..] else { panic!("{again:?}") };
        assert!(again.frames().eq(message.frames()));
    }
}

fn ready() -> Connection {
    let mut connection = Connection::new(config());
    let mut bytes = Greeting::new(Mechanism::Null, false).encode().to_vec();
    let body = [b"\x05READY", METADATA].concat();
    bytes.extend([4, body.len() as u8]);
    bytes.extend(body);
    let (events, error) = take(&mut connection, &bytes, usize::MAX);
    assert!(matches!((&events[..], error), ([Event::Ready(_)], None)));
    connection.output().clear();
    connection
}

/// Frames of a peer that has proved who it is: flags, a length, and as many bytes.
fn sealed(mut bytes: &[u8]) {
    let (mut connection, mut session) = secured();
    let (mut frames, mut expected) = (Vec::new(), Vec::new());
    while let [flags, length, rest @ ..] = bytes {
        let (body, rest) = rest.split_at(rest.len().min((*length).into()));
        bytes = rest;
        let mut frame = BytesMut::new();
        if flags & 0x80 != 0 {
            // Not sealed at all.
            frame.extend_from_slice(body);
        } else {
            let flags = Flags { more: flags & 1 != 0, command: flags & 2 != 0 };
            session.seal(flags, body, &mut frame).expect("numbers are left");
            if !flags.command {
                frames.push(body);
                if !flags.more {
                    expected.push(std::mem::take(&mut frames));
                }
            }
        }
        let header = [&[2][..], &(frame.len() as u64).to_be_bytes()].concat();
        let said = [&header[..], &frame].concat();
        let (events, error) = take(&mut connection, &said, 7);
        for message in messages(&events) {
            is_sound(message);
            let expected = expected.remove(0);
            assert!(message.frames().eq(expected), "it is not what was sealed");
        }
        if error.is_some() {
            return;
        }
    }
    assert!(expected.is_empty(), "a message was lost");
}

/// A connection to a peer that has proved who it is, and what that seals with.
fn secured() -> (Connection, Session) {
    let [ours, theirs] = &*KEYS;
    let allow = Arc::new(Allow::keys([theirs.public_key()]));
    let security = Security::CurveServer { keys: ours.clone(), allow };
    let mut connection = Connection::with_security(config(), security);
    let (client, hello) = Client::start(theirs, &ours.public_key()).expect("both keys are real");
    connection.output().clear();
    let greeting = Greeting::new(Mechanism::Curve, false).encode();
    let welcome = answer(&mut connection, &[&greeting[..], &command(&hello)].concat());
    let (client, initiate) = client.welcome(&welcome, METADATA).expect("it is the server's");
    let ready = answer(&mut connection, &command(&initiate));
    let (session, _) = client.ready(&ready).expect("it is the server's");
    (connection, session)
}

/// The command that a connection says when it is told `bytes`.
fn answer(connection: &mut Connection, bytes: &[u8]) -> Vec<u8> {
    let (_, error) = take(connection, bytes, usize::MAX);
    assert_eq!(error, None);
    connection.output().split().split_off(2).to_vec()
}

fn command(body: &[u8]) -> Vec<u8> {
    match u8::try_from(body.len()) {
        Ok(length) => [&[4, length], body].concat(),
        Err(_) => [&[6][..], &(body.len() as u64).to_be_bytes(), body].concat(),
    }
}

fn messages(events: &[Event]) -> impl Iterator<Item = &Multipart> {
    events.iter().filter_map(|event| if let Event::Message(message) = event { Some(message) } else { None })
}

/// Its parts agree with each other.
fn is_sound(message: &Multipart) {
    let count = message.frames().count();
    assert_eq!((count, message.shared_frames().count()), (message.len(), message.len()));
    assert!((1..=Limits::default().frames).contains(&count), "{count} frames");
    assert!(message.frame(count).is_none() && message.frame(count - 1).is_some());
}
