//! Sockets of ours with each other, and with peers that speak the protocol by hand: rude, stuck, dying.

mod files;
mod hostile;
mod lifecycle;
mod messages;
mod raw;
mod secured;
mod threads;
mod zeromq;

use std::time::Duration;

use bytes::Bytes;
use lymph_zmtp::{
    Config, Endpoint, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo, Receiver, Socket,
    SocketType,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longer than any single step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a socket's handler was told, in order.
#[derive(Debug)]
enum Told {
    Connected(Peer, PeerInfo),
    Message(Peer, Multipart),
    Disconnected,
    /// Never sent, and why not.
    Unsent(Multipart, String),
    Gone(Endpoint),
}

/// Tells a test what it was told. The queue has no bound since a test reads it to its end.
struct Teller {
    told: mpsc::UnboundedSender<Told>,
    /// Peers of this identity are not welcome.
    unwelcome: &'static [u8],
}

struct Telling {
    peer: Peer,
    told: mpsc::UnboundedSender<Told>,
}

impl Handler for Teller {
    type Receiver = Telling;

    fn connected(&self, peer: &Peer, info: &PeerInfo) -> Result<Telling, String> {
        if !self.unwelcome.is_empty() && info.identity == self.unwelcome {
            return Err("you again".to_owned());
        }
        _ = self.told.send(Told::Connected(peer.clone(), info.clone()));
        Ok(Telling { peer: peer.clone(), told: self.told.clone() })
    }

    fn unsent(&self, _: &Peer, message: Multipart, reason: &str) {
        _ = self.told.send(Told::Unsent(message, reason.to_owned()));
    }

    fn gone(&self, peer: &Peer) {
        let lymph_zmtp::Remote::Dialed(endpoint) = peer.remote() else { panic!("not dialed") };
        _ = self.told.send(Told::Gone(endpoint.clone()));
    }
}

impl Receiver for Telling {
    fn message(&mut self, message: Multipart) -> Pace {
        _ = self.told.send(Told::Message(self.peer.clone(), message));
        Pace::Steady
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        _ = self.told.send(Told::Disconnected);
    }
}

/// A socket that tells a test everything.
struct Node {
    socket: Socket<Teller>,
    endpoint: Endpoint,
    told: mpsc::UnboundedReceiver<Told>,
}

impl Node {
    fn bind(endpoint: &str, options: Options) -> Self {
        Self::bind_as(endpoint, options, |socket| socket)
    }

    /// On a socket that is `made` before it listens.
    fn bind_as(
        endpoint: &str,
        options: Options,
        made: impl FnOnce(Socket<Teller>) -> Socket<Teller>,
    ) -> Self {
        let (sender, told) = mpsc::unbounded_channel();
        let listener = Listener::bind(&endpoint.parse().expect("it is one")).expect("it is free");
        let endpoint = listener.endpoint().clone();
        let config = |socket_type| Config::new(socket_type, endpoint.to_string());
        let handler = Teller { told: sender, unwelcome: b"unwelcome" };
        let socket = Socket::new(config(SocketType::Router), options, handler);
        let socket = made(socket.dialing_as(config(SocketType::Dealer)));
        socket.listen(listener);
        Self { socket, endpoint, told }
    }

    /// On any free port of loopback.
    fn new() -> Self {
        Self::bind("tcp://127.0.0.1:0", Options::default())
    }

    fn with(options: Options) -> Self {
        Self::bind("tcp://127.0.0.1:0", options)
    }

    async fn next(&mut self) -> Told {
        timeout(PATIENCE, self.told.recv()).await.expect("nothing came").expect("the handler is there")
    }

    /// The next message, past other news.
    async fn message(&mut self) -> (Peer, Multipart) {
        loop {
            if let Told::Message(peer, message) = self.next().await {
                return (peer, message);
            }
        }
    }

    /// Waits until a connection has ended.
    async fn disconnected(&mut self) {
        while !matches!(self.next().await, Told::Disconnected) {}
    }

    fn send(&self, to: &Endpoint, frames: &[&[u8]]) {
        send(&self.socket.dial(to).expect("there is room"), frames);
    }
}

fn send(peer: &Peer, frames: &[&[u8]]) {
    let frames: Vec<_> = frames.iter().map(|frame| Frame::Copied(frame)).collect();
    peer.send(&frames).expect("there is room");
}

fn frames(message: &Multipart) -> Vec<Bytes> {
    message.shared_frames().collect()
}
