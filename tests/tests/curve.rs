//! CURVE beside libzmq: each side as client and as server, with the right keys and with wrong ones.

use std::io::ErrorKind;
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use bytes::BytesMut;
use lymph_tests::{PATIENCE, PythonEnv, Script, free_port};
use lymph_zmtp::curve::{Allow, CurveError, PublicKey, SecretKey};
use lymph_zmtp::{Config, Connection, Event, Multipart, PeerInfo, ProtocolError, Security, SocketType};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Messages in one go.
const MANY: usize = 60;

/// A running `curve.py`.
struct Libzmq(Script);

impl Libzmq {
    async fn start(python: &PythonEnv, args: &[&str]) -> Result<Self> {
        let mut peer = Self(Script::start(python, "curve.py", args)?);
        peer.0.until(&json!(["ready"])).await?;
        Ok(peer)
    }

    async fn server(python: &PythonEnv, port: u16, keys: &Keys, allowed: &[PublicKey]) -> Result<Self> {
        let secret = keys.libzmq.to_text();
        let allowed: Vec<_> = allowed.iter().map(PublicKey::to_string).collect();
        let mut args = vec!["server".to_owned(), port.to_string(), secret.to_string()];
        args.extend(allowed);
        Self::start(python, &args.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    async fn client(python: &PythonEnv, port: u16, keys: &Keys, server: &PublicKey) -> Result<Self> {
        let (secret, port, server) = (keys.libzmq.to_text(), port.to_string(), server.to_string());
        Self::start(python, &["client", &port, &secret, &server]).await
    }

    /// Has the client send messages and await them back.
    async fn echo(&mut self, count: usize) -> Result<()> {
        self.0.tell(count).await?;
        self.0.until(&json!(["echoed", count])).await
    }
}

struct Keys {
    ours: SecretKey,
    libzmq: SecretKey,
}

impl Keys {
    fn generate() -> Result<Self> {
        Ok(Self { ours: SecretKey::generate()?, libzmq: SecretKey::generate()? })
    }
}

/// One of our connections, driven by hand.
struct Wire {
    stream: TcpStream,
    connection: Connection,
}

impl Wire {
    fn new(stream: TcpStream, socket_type: SocketType, security: Security) -> Self {
        let config = Arc::new(Config::new(socket_type, "lymph"));
        Self { stream, connection: Connection::with_security(config, security) }
    }

    async fn connect(port: u16, keys: &SecretKey, server: PublicKey) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let security = Security::CurveClient { keys: keys.clone(), server };
        Ok(Self::new(stream, SocketType::Dealer, security))
    }

    async fn accept(listener: &TcpListener, keys: &SecretKey, allow: Allow) -> Result<Self> {
        let (stream, _) = timeout(PATIENCE, listener.accept()).await??;
        let security = Security::CurveServer { keys: keys.clone(), allow: Arc::new(allow) };
        Ok(Self::new(stream, SocketType::Router, security))
    }

    /// The next event; `None` when the peer closed.
    async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            let event = self.connection.poll();
            let output = self.connection.output().split();
            let written = self.stream.write_all(&output).await;
            if let Some(event) = event? {
                written?;
                return Ok(Some(event));
            }
            let moved = match written {
                Ok(()) => timeout(PATIENCE, self.stream.read_buf(self.connection.input())).await?,
                Err(error) => Err(error),
            };
            match moved {
                Ok(0) => return Ok(None),
                // libzmq closes, and may be killed, without reading what it was sent; the next write hears of it first.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                    return Ok(None);
                }
                moved => moved?,
            };
        }
    }

    async fn ready(&mut self) -> Result<PeerInfo> {
        match self.next().await? {
            Some(Event::Ready(peer)) => Ok(peer),
            other => bail!("{other:?} instead of the end of a handshake"),
        }
    }

    async fn message(&mut self) -> Result<Multipart> {
        match self.next().await? {
            Some(Event::Message(message)) => Ok(message),
            other => bail!("{other:?} instead of a message"),
        }
    }

    async fn send(&mut self, message: &Multipart) -> Result<()> {
        let mut out = self.connection.output().split();
        self.connection.encode(message, &mut out)?;
        Ok(self.stream.write_all(&out).await?)
    }

    /// Why the handshake failed on our side; `None` when the peer just closed.
    async fn failure(&mut self) -> Result<Option<ProtocolError>> {
        match self.next().await {
            Ok(None) => Ok(None),
            Ok(event) => bail!("{event:?} instead of a failure"),
            Err(error) => Ok(Some(error.downcast()?)),
        }
    }

    /// Returns every message until the peer has gone.
    async fn return_all(mut self) -> Result<()> {
        while let Some(event) = self.next().await? {
            let Event::Message(message) = event else { bail!("{event:?} instead of a message") };
            self.send(&message).await?;
        }
        Ok(())
    }

    /// Sends messages of all sizes and awaits them back.
    async fn echo(&mut self, count: usize) -> Result<()> {
        for number in 0..count {
            let large = vec![7; 1 << (number % 18)];
            let message = Multipart::new([&number.to_be_bytes()[..], b"", &large]);
            self.send(&message).await?;
            ensure!(self.message().await? == message, "message {number} came back changed");
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_client_speaks_with_libzmq() -> Result<()> {
    let (python, port, keys) = (PythonEnv::get().await?, free_port()?, Keys::generate()?);
    let allowed = [keys.ours.public_key()];
    let server = Libzmq::server(&python, port, &keys, &allowed).await?;
    let mut wire = Wire::connect(port, &keys.ours, keys.libzmq.public_key()).await?;
    let peer = wire.ready().await?;
    assert_eq!((peer.key, peer.socket_type), (Some(keys.libzmq.public_key()), SocketType::Router));
    wire.echo(MANY).await?;
    assert!(wire.connection.ping(), "libzmq speaks 3.1");
    wire.echo(1).await?;

    // Another process with the same keys knows nothing of the old connection.
    server.0.kill().await?;
    assert_eq!(wire.next().await?, None);
    let _server = Libzmq::server(&python, port, &keys, &allowed).await?;
    let mut wire = Wire::connect(port, &keys.ours, keys.libzmq.public_key()).await?;
    wire.ready().await?;
    wire.echo(MANY).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn libzmq_speaks_with_our_server() -> Result<()> {
    let (python, keys) = (PythonEnv::get().await?, Keys::generate()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let allow = Allow::keys([keys.libzmq.public_key()]);
    let mut client = Libzmq::client(&python, port, &keys, &keys.ours.public_key()).await?;

    let mut wire = Wire::accept(&listener, &keys.ours, allow.clone()).await?;
    let peer = wire.ready().await?;
    assert_eq!((peer.key, &peer.identity[..]), (Some(keys.libzmq.public_key()), &b"libzmq"[..]));
    let server = tokio::spawn(wire.return_all());
    client.echo(MANY).await?;

    // It connects again by itself, with new keys for the connection.
    server.abort();
    let mut wire = Wire::accept(&listener, &keys.ours, allow.clone()).await?;
    wire.ready().await?;
    let server = tokio::spawn(wire.return_all());
    client.echo(MANY).await?;

    // So does another process with the same keys.
    client.0.kill().await?;
    timeout(PATIENCE, server).await???;
    let mut client = Libzmq::client(&python, port, &keys, &keys.ours.public_key()).await?;
    let mut wire = Wire::accept(&listener, &keys.ours, allow).await?;
    wire.ready().await?;
    tokio::spawn(wire.return_all());
    client.echo(MANY).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn libzmq_refuses_our_client() -> Result<()> {
    let (python, port, keys) = (PythonEnv::get().await?, free_port()?, Keys::generate()?);
    let stranger = SecretKey::generate()?;
    let mut server = Libzmq::server(&python, port, &keys, &[keys.ours.public_key()]).await?;

    let mut wire = Wire::connect(port, &stranger, keys.libzmq.public_key()).await?;
    let refused = CurveError::Refused { reason: "400".to_owned() };
    assert_eq!(wire.failure().await?, Some(ProtocolError::Curve(refused)));
    server.0.until(&json!(["HANDSHAKE_FAILED_AUTH", 400])).await?;

    let mut wire = Wire::connect(port, &keys.ours, stranger.public_key()).await?;
    assert_eq!(wire.failure().await?, None, "libzmq closes without a word");

    let mut wire = Wire::connect(port, &keys.ours, keys.libzmq.public_key()).await?;
    wire.ready().await?;
    wire.echo(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_server_refuses_libzmq() -> Result<()> {
    let (python, keys) = (PythonEnv::get().await?, Keys::generate()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let theirs = keys.libzmq.public_key();

    let mut client = Libzmq::client(&python, port, &keys, &keys.ours.public_key()).await?;
    let mut wire = Wire::accept(&listener, &keys.ours, Allow::default()).await?;
    assert_eq!(wire.failure().await?, Some(ProtocolError::NotAllowed(theirs)));
    client.0.until(&json!(["HANDSHAKE_FAILED_AUTH", 400])).await?;
    client.0.kill().await?;

    let other = SecretKey::generate()?.public_key();
    let client = Libzmq::client(&python, port, &keys, &other).await?;
    let mut wire = Wire::accept(&listener, &keys.ours, Allow::Anyone).await?;
    let forged = CurveError::Forged { command: "HELLO" };
    assert_eq!(wire.failure().await?, Some(ProtocolError::Curve(forged)));
    client.0.kill().await
}

/// Whatever is changed on the way ends the connection on libzmq's side as on ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn libzmq_notices_a_changed_message() -> Result<()> {
    let (python, port, keys) = (PythonEnv::get().await?, free_port()?, Keys::generate()?);
    let _server = Libzmq::server(&python, port, &keys, &[keys.ours.public_key()]).await?;
    let mut wire = Wire::connect(port, &keys.ours, keys.libzmq.public_key()).await?;
    wire.ready().await?;
    let mut out = BytesMut::new();
    wire.connection.encode(&Multipart::new([&b"payload"[..]]), &mut out)?;
    let last = out.len() - 1;
    out[last] ^= 1;
    wire.stream.write_all(&out).await?;
    assert_eq!(wire.next().await?, None);
    Ok(())
}
