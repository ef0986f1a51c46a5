//! Commands that are broken, changed, or belong elsewhere.

use std::time::Instant;

use lymph_zmtp::curve::{Client, CurveError, INITIATE_MIN_LEN};
use proptest::prelude::*;

use crate::{Keys, generate, open, seal};

/// Whether a receiver takes a command.
type Receiver<'a> = &'a dyn Fn(&[u8]) -> bool;

/// Every command of a handshake and a message, each with a fresh receiver that awaits just it. The
/// keys of all are fixed when this begins; what is sent is made once.
fn each(check: impl Fn(&'static str, &[u8], Receiver<'_>)) {
    let keys = Keys::generate();
    let now = Instant::now();

    let (_, hello) = keys.hello();
    check("HELLO", &hello, &|command| keys.server().hello(command, now).is_ok());

    // A handshake can be tried once: what is checked is the change, on a new one each time.
    let changed = |original: &[u8], command: &[u8], fresh: &[u8]| -> Vec<u8> {
        let mut fresh = fresh.to_vec();
        for (at, (new, old)) in command.iter().zip(original).enumerate() {
            fresh[at] ^= new ^ old;
        }
        fresh.truncate(command.len());
        fresh.extend(command.iter().skip(original.len()));
        fresh
    };
    let (_, _, welcome) = keys.welcome();
    check("WELCOME", &welcome, &|command| {
        let (client, _, fresh) = keys.welcome();
        client.welcome(&changed(&welcome, command, &fresh), b"").is_ok()
    });
    let (_, _, initiate) = keys.initiate();
    check("INITIATE", &initiate, &|command| {
        let (_, server, fresh) = keys.initiate();
        server.initiate(&changed(&initiate, command, &fresh), now).is_ok()
    });
    let ready = |request: lymph_zmtp::curve::Request| request.accept(b"from server").expect("it is short").1;
    let original = ready(keys.request().1);
    check("READY", &original, &|command| {
        let (client, request) = keys.request();
        client.ready(&changed(&original, command, &ready(request))).is_ok()
    });
    let message = seal(&mut keys.connect().0, b"payload");
    check("MESSAGE", &message, &|command| {
        let (mut client, mut server) = keys.connect();
        let fresh = seal(&mut client, b"payload");
        open(&mut server, &changed(&message, command, &fresh)).is_ok()
    });
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    each(|name, command, accepts| {
        assert!(accepts(command), "{name} as it was sent");
        for at in 0..command.len() {
            let mut changed = command.to_vec();
            changed[at] ^= 1 << (at % 8);
            assert!(!accepts(&changed), "{name} with byte {at} changed");
        }
    });
}

#[test]
fn a_missing_end_is_refused() {
    each(|name, command, accepts| {
        for len in 0..command.len() {
            assert!(!accepts(&command[..len]), "{name} cut at {len}");
        }
    });
}

#[test]
fn what_follows_the_end_is_refused() {
    each(|name, command, accepts| {
        for more in [1, 2, 16, 5000] {
            assert!(!accepts(&[command, &vec![0; more]].concat()), "{name} with {more} bytes more");
        }
    });
}

#[test]
fn commands_out_of_turn_are_refused() {
    let keys = Keys::generate();
    let (_, hello) = keys.hello();
    let (client, server, welcome) = keys.welcome();
    let error = server.initiate(&hello, Instant::now()).expect_err("it is `HELLO`");
    assert_eq!(error.to_string(), "expected `INITIATE`, received `HELLO`");
    let (client, _) = client.welcome(&welcome, b"").expect("it is our server's");
    let error = client.ready(&welcome).expect_err("it is `WELCOME`");
    assert_eq!(error.to_string(), "expected `READY`, received `WELCOME`");
    let error = keys.server().hello(b"\x05READY", Instant::now()).expect_err("it is `READY`");
    assert_eq!(error.to_string(), "expected `HELLO`, received `READY`");
    let (mut client, _) = keys.connect();
    let error = open(&mut client, b"\x04PING\0\0").expect_err("it is not encrypted");
    assert_eq!(error.to_string(), "expected `MESSAGE`, received `PING`");
}

/// Whoever has recorded a connection cannot have a server do the same again.
#[test]
fn recorded_handshake_opens_no_connection() {
    let keys = Keys::generate();
    let (client, hello) = keys.hello();
    let (recorded, welcome) = keys.server().hello(&hello, Instant::now()).expect("it is our server");
    let (_, initiate) = client.welcome(&welcome, b"").expect("it is our server's");

    let (again, _) = keys.server().hello(&hello, Instant::now()).expect("anybody may repeat this one");
    let forged = CurveError::Forged { command: "INITIATE" };
    assert_eq!(again.initiate(&initiate, Instant::now()).err(), Some(forged));
    assert!(recorded.initiate(&initiate, Instant::now()).is_ok(), "where it belongs");
}

/// A server that a client trusts cannot pass itself off as that client elsewhere.
#[test]
fn vouch_is_of_no_use_to_the_server_that_got_it() {
    let keys = Keys::generate();
    let other = generate();
    // The server in the middle connects to another one with a key pair of its own, and puts the
    // client's public key in its `INITIATE`. It cannot make the vouch.
    let (middle, hello) = Client::start(&generate(), &other.public_key()).expect("it is a key");
    let (server, welcome) =
        lymph_zmtp::curve::Server::new(&other).hello(&hello, Instant::now()).expect("it is for this one");
    let (_, theirs) = middle.welcome(&welcome, b"").expect("it is the other server's");
    let (_, _, recorded) = keys.initiate();
    let cookie = 9..9 + 96;
    let mut forged = recorded;
    forged[cookie.clone()].copy_from_slice(&theirs[cookie]);
    let error = server.initiate(&forged, Instant::now()).expect_err("the client never spoke to this server");
    assert_eq!(error, CurveError::Forged { command: "INITIATE" });
}

proptest! {
    // Each case makes several handshakes, which take milliseconds without optimization.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(!taken_by_anybody(&bytes));
    }

    #[test]
    fn arbitrary_bodies_are_refused(
        head in prop::sample::select(vec![
            &b"\x05HELLO\x01\0"[..], b"\x07WELCOME", b"\x08INITIATE", b"\x05READY", b"\x07MESSAGE", b"\x05ERROR",
        ]),
        len in prop::sample::select(vec![0, 1, 7, 24, 25, 30, 160, 192, 248, INITIATE_MIN_LEN, 5000]),
        byte in any::<u8>(),
    ) {
        prop_assert!(!taken_by_anybody(&[head, &vec![byte; len]].concat()));
    }
}

fn taken_by_anybody(command: &[u8]) -> bool {
    let keys = Keys::generate();
    let (client, server, _) = keys.welcome();
    let (mut session, _) = keys.connect();
    keys.server().hello(command, Instant::now()).is_ok()
        || client.welcome(command, b"").is_ok()
        || server.initiate(command, Instant::now()).is_ok()
        || keys.initiate().0.ready(command).is_ok()
        || open(&mut session, command).is_ok()
}
