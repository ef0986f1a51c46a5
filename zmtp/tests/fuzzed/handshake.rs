// What must hold of a connection in its handshake, whatever a peer says.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use lymph_zmtp::curve::{Allow, Client, SecretKey, Server};
use lymph_zmtp::{
    Config, Connection, Event, Greeting, Limits, Mechanism, Metadata, PeerInfo, ProtocolError, Security,
    SocketType,
};

/// Small enough that short inputs reach them. CURVE's longest command is some 300 bytes more than the
/// metadata in it.
pub(crate) const LIMITS: Limits =
    Limits { frame_bytes: 300, message_bytes: 600, frames: 4, command_bytes: 600, properties: 6 };

/// Ours, and those of a peer.
pub(crate) static KEYS: LazyLock<[SecretKey; 2]> =
    LazyLock::new(|| [7, 8].map(|byte| SecretKey::from_bytes(&[byte; 32])));

/// All that came of some bytes.
pub(crate) type Outcome = (Vec<Event>, Option<ProtocolError>);

/// The first byte says who we are and how far we are; the second in what pieces the others come, but
/// where they are metadata.
pub(crate) fn check(input: &[u8]) {
    let [who, rest @ ..] = input else { return };
    match (who % 8, rest) {
        (6, metadata) => said_by_a_client(&metadata[..metadata.len().min(300)]),
        (7, metadata) => said_by_a_server(&metadata[..metadata.len().min(300)]),
        (who, [piece, bytes @ ..]) => said_in_pieces(who, (*piece).max(1).into(), bytes),
        (_, []) => {}
    }
}

fn said_in_pieces(who: u8, piece: usize, bytes: &[u8]) {
    let (mut whole, mut pieces) = (begin(who), begin(who));
    let outcome = take(&mut whole, bytes, usize::MAX);
    assert_eq!(outcome, take(&mut pieces, bytes, piece), "pieces make a difference");
    // What CURVE answers is another thing each time.
    if who < 2 {
        assert_eq!(whole.output(), pieces.output(), "pieces make a difference to what is said");
    }
    if let (Some(Event::Ready(peer)), true) = (outcome.0.first(), who < 2) {
        is_sound(peer);
    }
}

/// What a peer says of itself is within limits, and read again as the same.
fn is_sound(peer: &PeerInfo) {
    let PeerInfo { version, socket_type, identity, metadata, key: _ } = peer;
    assert!(version.major >= 3 && SocketType::Router.talks_to(*socket_type));
    assert!(identity.len() <= 255 && metadata.iter().count() <= LIMITS.properties);
    let names: BTreeSet<_> = metadata.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), metadata.iter().count(), "a name stands there twice");
    let mut bytes = Default::default();
    metadata.encode(&mut bytes);
    assert_eq!(Metadata::decode(&bytes, &LIMITS).as_ref(), Ok(metadata));
}

/// A connection that has just been made, or has a valid greeting and HELLO behind it.
fn begin(who: u8) -> Connection {
    let [ours, theirs] = &*KEYS;
    let (security, mechanism) = match who {
        0 | 1 => (Security::Null, Mechanism::Null),
        2..=4 => (server_security(), Mechanism::Curve),
        _ => {
            let security = Security::CurveClient { keys: ours.clone(), server: theirs.public_key() };
            (security, Mechanism::Curve)
        }
    };
    let mut connection = Connection::with_security(config(), security);
    if !matches!(who, 0 | 2) {
        let greeting = Greeting::new(mechanism, who == 5).encode();
        assert_eq!(take(&mut connection, &greeting, usize::MAX), (Vec::new(), None));
    }
    if who == 4 {
        let (_, hello) = Client::start(theirs, &ours.public_key()).expect("both keys are real");
        assert_eq!(take(&mut connection, &command(&hello), usize::MAX), (Vec::new(), None));
    }
    connection
}

/// Of a client that has proved who it is.
fn said_by_a_client(metadata: &[u8]) {
    let [ours, theirs] = &*KEYS;
    let mut connection = begin(3);
    let (client, hello) = Client::start(theirs, &ours.public_key()).expect("both keys are real");
    let welcome = answer(&mut connection, &command(&hello));
    let (_, initiate) = client.welcome(&welcome, metadata).expect("it is the server's");
    is_read_as_without_keys(&mut connection, &initiate, metadata);
}

/// Of a server that has proved who it is.
fn said_by_a_server(metadata: &[u8]) {
    let [_, theirs] = &*KEYS;
    let mut connection = begin(5);
    let hello = body(&connection.output().split()[Greeting::LEN..]).to_vec();
    let (server, welcome) = Server::new(theirs).hello(&hello, Instant::now()).expect("it is the client's");
    let initiate = answer(&mut connection, &command(&welcome));
    let request = server.initiate(&initiate, Instant::now()).expect("it is the client's");
    let (_, ready) = request.accept(metadata).expect("it is short enough");
    is_read_as_without_keys(&mut connection, &ready, metadata);
}

/// The last command of a handshake, with `metadata` in it, leads where it leads without CURVE.
fn is_read_as_without_keys(secured: &mut Connection, last: &[u8], metadata: &[u8]) {
    let (mut events, error) = take(secured, &command(last), usize::MAX);
    if let [Event::Ready(peer)] = &mut events[..] {
        assert_eq!(peer.key.take(), Some(KEYS[1].public_key()));
    }
    let ready = [b"\x05READY", metadata].concat();
    assert_eq!((events, error), take(&mut begin(1), &command(&ready), usize::MAX));
}

pub(crate) fn config() -> Arc<Config> {
    let mut properties = Metadata::new();
    properties.insert("X-Any", "thing");
    Arc::new(Config { properties, limits: LIMITS, ..Config::new(SocketType::Router, "us") })
}

/// Ours, who let nobody in but the peer.
pub(crate) fn server_security() -> Security {
    let [ours, theirs] = &*KEYS;
    Security::CurveServer { keys: ours.clone(), allow: Arc::new(Allow::keys([theirs.public_key()])) }
}

/// Gives `bytes` to a connection, which must neither keep nor say more than it should.
pub(crate) fn take(connection: &mut Connection, bytes: &[u8], piece: usize) -> Outcome {
    let mut events = Vec::new();
    for piece in bytes.chunks(piece) {
        connection.input().extend_from_slice(piece);
        loop {
            match connection.poll() {
                Ok(None) => break,
                Ok(Some(event)) => events.push(event),
                Err(error) => {
                    assert_eq!(connection.poll(), Ok(None), "it takes no more");
                    return (events, Some(error));
                }
            }
        }
        // Once there is nothing more to be read from it: an unfinished message, command or greeting.
        let (kept, missing) = (connection.input().len(), connection.missing());
        assert!(kept + missing <= 9 + LIMITS.message_bytes.max(LIMITS.command_bytes), "{kept}, {missing}");
        assert!(connection.output().len() < 2048, "{} bytes are to be said", connection.output().len());
    }
    (events, None)
}

/// The command that a connection says when it is told `bytes`, which it must like.
pub(crate) fn answer(connection: &mut Connection, bytes: &[u8]) -> Vec<u8> {
    connection.output().clear();
    assert_eq!(take(connection, bytes, usize::MAX).1, None);
    body(&connection.output().split()).to_vec()
}

/// A command's frame.
pub(crate) fn command(body: &[u8]) -> Vec<u8> {
    match u8::try_from(body.len()) {
        Ok(length) => [&[4, length], body].concat(),
        Err(_) => [&[6][..], &(body.len() as u64).to_be_bytes(), body].concat(),
    }
}

/// The inverse of [`command`].
fn body(frame: &[u8]) -> &[u8] {
    &frame[if frame[0] & 2 == 0 { 2 } else { 9 }..]
}
