// What must hold of a connection in its handshake, whatever a peer says.

use std::sync::{Arc, LazyLock};

use lymph_zmtp::curve::{Allow, Client, SecretKey};
use lymph_zmtp::{
    Config, Connection, Event, Greeting, Mechanism, Metadata, ProtocolError, Security, SocketType,
};

static KEYS: LazyLock<[SecretKey; 2]> =
    LazyLock::new(|| [7, 8].map(|byte| SecretKey::from_bytes(&[byte; 32])));

/// All that came of some bytes.
pub(crate) type Outcome = (Vec<Event>, Option<ProtocolError>);

/// The first byte says who we are and how far we are, the second in what pieces the others come.
pub(crate) fn check(input: &[u8]) {
    let [who, piece, bytes @ ..] = input else { return };
    let (mut whole, mut pieces) = (begin(*who), begin(*who));
    let outcome = take(&mut whole, bytes, usize::MAX);
    // What CURVE answers is another thing each time.
    let again = take(&mut pieces, bytes, (*piece).max(1).into());
    assert_eq!(outcome, again, "pieces make a difference");
    if who % 6 < 2 {
        assert_eq!(whole.output(), pieces.output(), "pieces make a difference to what is said");
    }
}

/// A connection that has just been made, or has a valid greeting and HELLO behind it.
fn begin(who: u8) -> Connection {
    let [ours, theirs] = &*KEYS;
    let (security, mechanism) = match who % 6 {
        0 | 1 => (Security::Null, Mechanism::Null),
        2..=4 => {
            let allow = Arc::new(Allow::keys([theirs.public_key()]));
            (Security::CurveServer { keys: ours.clone(), allow }, Mechanism::Curve)
        }
        _ => {
            let security = Security::CurveClient { keys: ours.clone(), server: theirs.public_key() };
            (security, Mechanism::Curve)
        }
    };
    let mut connection = Connection::with_security(config(), security);
    if !matches!(who % 6, 0 | 2) {
        let greeting = Greeting::new(mechanism, who % 6 == 5).encode();
        assert_eq!(take(&mut connection, &greeting, usize::MAX), (Vec::new(), None));
    }
    if who % 6 == 4 {
        let (_, hello) = Client::start(theirs, &ours.public_key()).expect("both keys are real");
        let frame = [&[4, hello.len() as u8], &hello[..]].concat();
        assert_eq!(take(&mut connection, &frame, usize::MAX), (Vec::new(), None));
    }
    connection
}

pub(crate) fn config() -> Arc<Config> {
    let mut properties = Metadata::new();
    properties.insert("X-Any", "thing");
    Arc::new(Config { properties, ..Config::new(SocketType::Router, "us") })
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
        assert!(connection.output().len() < 2048, "{} bytes are to be said", connection.output().len());
    }
    (events, None)
}
