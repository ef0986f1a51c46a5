//! CURVE, through what the crate shows of it.

mod forgery;
mod handshake;
mod keys;
mod messages;

use std::time::Instant;

use bytes::BytesMut;
use lymph_zmtp::curve::{
    AwaitInitiate, AwaitReady, AwaitWelcome, Client, CurveError, Flags, PublicKey, Request, SecretKey,
    Server, Session,
};

/// Key pairs of a client and a server.
struct Keys {
    client: SecretKey,
    server: SecretKey,
}

impl Keys {
    fn generate() -> Self {
        Self { client: generate(), server: generate() }
    }

    fn hello(&self) -> (AwaitWelcome, Vec<u8>) {
        Client::start(&self.client, &self.server.public_key()).expect("both keys are real")
    }

    /// A handshake up to `WELCOME`.
    fn welcome(&self) -> (AwaitWelcome, AwaitInitiate, Vec<u8>) {
        let (client, hello) = self.hello();
        let (server, welcome) = self.server().hello(&hello, Instant::now()).expect("it is our server");
        (client, server, welcome)
    }

    /// A handshake up to `INITIATE`, with metadata `from client`.
    fn initiate(&self) -> (AwaitReady, AwaitInitiate, Vec<u8>) {
        let (client, server, welcome) = self.welcome();
        let (client, initiate) = client.welcome(&welcome, b"from client").expect("it is our server's");
        (client, server, initiate)
    }

    /// A handshake up to the decision over the client.
    fn request(&self) -> (AwaitReady, Request) {
        let (client, server, initiate) = self.initiate();
        let request = server.initiate(&initiate, Instant::now()).expect("it is our client's");
        (client, request)
    }

    /// Both ends of a connection, the client's first.
    fn connect(&self) -> (Session, Session) {
        let (client, request) = self.request();
        let (server, ready) = request.accept(b"from server").expect("it is short");
        let (client, metadata) = client.ready(&ready).expect("it is our server's");
        assert_eq!(metadata, b"from server");
        (client, server)
    }

    fn server(&self) -> Server {
        Server::new(&self.server)
    }
}

fn generate() -> SecretKey {
    SecretKey::generate().expect("the system has randomness")
}

fn seal(session: &mut Session, payload: &[u8]) -> Vec<u8> {
    seal_with(session, Flags::default(), payload)
}

fn seal_with(session: &mut Session, flags: Flags, payload: &[u8]) -> Vec<u8> {
    let mut frame = BytesMut::new();
    session.seal(flags, payload, &mut frame).expect("numbers are left");
    frame.to_vec()
}

/// What a frame carries, for its receiver.
fn open(session: &mut Session, frame: &[u8]) -> Result<Vec<u8>, CurveError> {
    let mut frame = frame.to_vec();
    let message = session.open(&mut frame)?;
    Ok(frame[message.payload].to_vec())
}

/// A key whose owner is not there.
fn stranger() -> PublicKey {
    generate().public_key()
}
