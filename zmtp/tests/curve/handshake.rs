//! Handshakes between peers that follow the protocol, with the right keys and with wrong ones.

use std::time::{Duration, Instant};

use lymph_zmtp::curve::{
    Allow, COOKIE_LIFETIME, Client, CurveError, HELLO_LEN, INITIATE_MIN_LEN, MAX_METADATA_LEN, PublicKey,
    READY_MIN_LEN, WELCOME_LEN,
};

use crate::{Keys, open, seal, stranger};

#[test]
fn both_sides_learn_of_each_other() {
    let keys = Keys::generate();
    let (client, request) = keys.request();
    assert_eq!(request.client_key(), &keys.client.public_key());
    assert_eq!(request.metadata(), b"from client");
    let (mut server, ready) = request.accept(b"from server").expect("it is short");
    let (mut client, metadata) = client.ready(&ready).expect("it is our server's");
    assert_eq!(metadata, b"from server");
    assert_eq!(open(&mut server, &seal(&mut client, b"question")), Ok(b"question".to_vec()));
    assert_eq!(open(&mut client, &seal(&mut server, b"answer")), Ok(b"answer".to_vec()));
}

#[test]
fn a_server_is_not_made_to_send_more_than_it_gets() {
    let keys = Keys::generate();
    let (_, hello) = keys.hello();
    assert_eq!(hello.len(), HELLO_LEN);
    let (_, _, welcome) = keys.welcome();
    assert_eq!(welcome.len(), WELCOME_LEN);
    assert!(welcome.len() < hello.len());
    let (_, _, initiate) = keys.initiate();
    assert_eq!(initiate.len(), INITIATE_MIN_LEN + b"from client".len());
    let (_, request) = keys.request();
    let (_, ready) = request.accept(b"from server").expect("it is short");
    assert_eq!(ready.len(), READY_MIN_LEN + b"from server".len());
}

#[test]
fn nothing_of_one_handshake_is_in_another() {
    let keys = Keys::generate();
    let changing = |command: Vec<u8>, len| command[command.len() - len..].to_vec();
    for (one, other, len) in [
        (keys.hello().1, keys.hello().1, 80),
        (keys.welcome().2, keys.welcome().2, 160),
        (keys.initiate().2, keys.initiate().2, 160),
    ] {
        assert_ne!(changing(one, len), changing(other, len));
    }
}

#[test]
fn client_key_does_not_travel_in_the_open() {
    let keys = Keys::generate();
    let key = keys.client.public_key();
    let (_, _, initiate) = keys.initiate();
    for command in [keys.hello().1, keys.welcome().2, initiate] {
        assert!(!command.windows(32).any(|part| part == key.as_bytes()));
    }
}

#[test]
fn server_with_another_key_sends_nothing() {
    let keys = Keys::generate();
    let (_, hello) = Client::start(&keys.client, &stranger()).expect("it is a key");
    let error = keys.server().hello(&hello, Instant::now()).expect_err("it is for somebody else");
    assert_eq!(
        error.to_string(),
        "cannot open `HELLO`: the client expects another public key of this server"
    );
}

#[test]
fn client_notices_another_server() {
    let (keys, others) = (Keys::generate(), Keys::generate());
    let (client, _) = keys.hello();
    let (_, _, welcome) = others.welcome();
    let error = client.welcome(&welcome, b"").expect_err("it is somebody else's");
    assert_eq!(
        error.to_string(),
        "cannot open `WELCOME`: the server does not have the secret key of the expected public key"
    );
}

#[test]
fn key_that_belongs_to_nobody_reaches_nobody() {
    let keys = Keys::generate();
    let weak = PublicKey::from_bytes([0; 32]);
    assert_eq!(Client::start(&keys.client, &weak).err(), Some(CurveError::InvalidKey));
}

#[test]
fn clients_must_be_on_the_list() {
    let keys = Keys::generate();
    let known = keys.client.public_key();
    assert!(!Allow::default().allows(&known));
    assert!(!Allow::keys([stranger()]).allows(&known));
    assert!(Allow::keys([stranger(), known]).allows(&known));
    assert!(Allow::Anyone.allows(&known));
}

#[test]
fn refused_client_is_told() {
    let (client, request) = Keys::generate().request();
    let refusal = request.refuse();
    assert_eq!(refusal, b"\x05ERROR\x03400");
    let error = client.ready(&refusal).expect_err("it is refused");
    assert_eq!(error.to_string(), "the server refuses this client: it does not allow this key to connect");

    let (client, _) = Keys::generate().hello();
    let error = client.welcome(b"\x05ERROR\x04busy", b"").expect_err("it is refused");
    assert_eq!(error, CurveError::Refused { reason: "busy".to_owned() });
}

#[test]
fn cookie_expires() {
    let keys = Keys::generate();
    let begun = Instant::now();
    for (late, accepted) in [(COOKIE_LIFETIME, true), (COOKIE_LIFETIME + Duration::from_millis(1), false)] {
        let (client, hello) = keys.hello();
        let (server, welcome) = keys.server().hello(&hello, begun).expect("it is our server");
        let (_, initiate) = client.welcome(&welcome, b"").expect("it is our server's");
        let result = server.initiate(&initiate, begun + late);
        assert_eq!(result.err(), (!accepted).then_some(CurveError::CookieExpired));
    }
}

#[test]
fn metadata_has_a_limit_on_both_sides() {
    let (largest, too_large) = ([1; MAX_METADATA_LEN], [1; MAX_METADATA_LEN + 1]);
    let keys = Keys::generate();
    let error = CurveError::Metadata { len: MAX_METADATA_LEN + 1 };

    let (client, _, welcome) = keys.welcome();
    assert_eq!(client.welcome(&welcome, &too_large).err(), Some(error.clone()));
    let (client, server, welcome) = keys.welcome();
    let (client, initiate) = client.welcome(&welcome, &largest).expect("it fits");
    let request = server.initiate(&initiate, Instant::now()).expect("it fits");
    assert_eq!(request.metadata(), largest);
    let (_, ready) = request.accept(&largest).expect("it fits");
    assert_eq!(client.ready(&ready).expect("it fits").1, largest);

    let (_, request) = keys.request();
    assert_eq!(request.accept(&too_large).err(), Some(error));
}

#[test]
fn secrets_of_a_handshake_are_never_shown() {
    let keys = Keys::generate();
    let shown = format!("{:?} {:?} {:?}", keys.server(), keys.welcome(), keys.initiate().0);
    let secret = |text: &str| shown.contains(text);
    assert!(shown.contains("SecretKey(***)") && shown.contains("BoxKey(***)"), "{shown}");
    assert!(!secret(&keys.client.to_text()) && !secret(&keys.server.to_text()));
}
