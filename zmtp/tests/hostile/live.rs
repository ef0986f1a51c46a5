//! A socket that echoes, a peer of it as it should be, and others that say what a script tells them.
//!
//! All meet on a Unix socket, where what is written is there to be read at once, and in one thread,
//! where yielding lets everybody else do what there is to do. So nothing here waits for real time.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use lymph_zmtp::curve::Allow;
use lymph_zmtp::{
    Config, Endpoint, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo, Receiver, Remote,
    Security, Socket, SocketType,
};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::script::{SERVER_FRIEND, server_keys};
use crate::spoken::{Fate, words};

/// Turns after which everybody has done what there is to do.
const TURNS: usize = 30;

/// Virtual time moves in steps of this.
const TICK: Duration = Duration::from_millis(250);

/// Sends back what peers send, and passes on what those say to whom it connected.
struct Echo(mpsc::UnboundedSender<Multipart>);

struct Echoing {
    peer: Peer,
    answers: mpsc::UnboundedSender<Multipart>,
}

impl Handler for Echo {
    type Receiver = Echoing;

    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Echoing, String> {
        Ok(Echoing { peer: peer.clone(), answers: self.0.clone() })
    }
}

impl Receiver for Echoing {
    fn message(&mut self, message: Multipart) -> Pace {
        if let Remote::Dialed(_) = self.peer.remote() {
            _ = self.answers.send(message);
        } else {
            let frames: Vec<_> = message.frames().map(Frame::Copied).collect();
            _ = self.peer.send(&frames);
        }
        Pace::Steady
    }
}

/// A peer that a script speaks for.
struct Hostile {
    name: String,
    stream: UnixStream,
    heard: Vec<u8>,
    is_deaf: bool,
    opened_at: Instant,
    closed_after: Option<Duration>,
}

impl Hostile {
    /// Reads what is there to be read; returns how many bytes that was.
    fn hear(&mut self) -> usize {
        if self.is_deaf {
            return 0;
        }
        let (mut bytes, before) = ([0; 4096], self.heard.len());
        while self.closed_after.is_none() {
            match self.stream.try_read(&mut bytes) {
                Ok(count @ 1..) => self.heard.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // A reset says the same as an orderly end.
                Ok(0) | Err(_) => self.closed_after = Some(self.opened_at.elapsed()),
            }
        }
        self.heard.len() - before
    }
}

/// All who take part in one case.
pub(crate) struct Live {
    path: PathBuf,
    _folder: TempDir,
    socket: Socket<Echo>,
    good: Socket<Echo>,
    is_secured: bool,
    answers: mpsc::UnboundedReceiver<Multipart>,
    peers: Vec<Hostile>,
    /// While a thread waits for it, virtual time moves only when it is told to.
    _stopper: oneshot::Sender<()>,
}

impl Live {
    pub(crate) async fn start(security: Security, memory_bytes: usize) -> Self {
        let (stopper, stopped) = oneshot::channel();
        tokio::task::spawn_blocking(|| stopped.blocking_recv());
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("socket");
        let listener = Listener::bind(&Endpoint::Ipc(path.clone())).expect("it is free");
        let (sender, answers) = mpsc::unbounded_channel();
        let options = Options { memory_bytes, ..Options::default() };
        let new =
            |socket_type| Socket::new(Config::new(socket_type, ""), options.clone(), Echo(sender.clone()));
        let (mut socket, mut good) = (new(SocketType::Router), new(SocketType::Dealer));
        let is_secured = security.is_server();
        if is_secured {
            socket = socket.secured(server_keys().clone(), Allow::keys([SERVER_FRIEND.public_key()]));
            good = good.secured(SERVER_FRIEND.clone(), Allow::default());
        }
        socket.listen(listener);
        let peers = Vec::new();
        let mut live =
            Self { path, _folder: folder, socket, good, is_secured, answers, peers, _stopper: stopper };
        live.good_is_answered().await;
        live
    }

    /// Opens a connection by this name.
    pub(crate) async fn open(&mut self, name: &str) {
        let stream = UnixStream::connect(&self.path).await.expect("it takes connections");
        let (name, opened_at) = (name.to_owned(), Instant::now());
        self.peers.push(Hostile {
            name,
            stream,
            heard: Vec::new(),
            is_deaf: false,
            opened_at,
            closed_after: None,
        });
        self.settle().await;
    }

    /// Sends `bytes` as far as they are taken.
    pub(crate) async fn send(&mut self, name: &str, bytes: &[u8]) {
        let peer = self.peers.iter_mut().find(|peer| peer.name == name).expect("it was opened");
        if peer.closed_after.is_none() {
            _ = peer.stream.write_all(bytes).await;
        }
        self.settle().await;
    }

    /// Has a peer read no more.
    pub(crate) fn deafen(&mut self, name: &str) {
        let peer = self.peers.iter_mut().find(|peer| peer.name == name).expect("it was opened");
        peer.is_deaf = true;
    }

    /// Lets virtual time pass.
    pub(crate) async fn wait(&mut self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until {
            tokio::time::advance(TICK.min(until - Instant::now())).await;
            self.settle().await;
        }
    }

    /// Lets everybody do what there is to do, until nothing more is said.
    async fn settle(&mut self) {
        let mut is_quiet = false;
        while !is_quiet {
            for _ in 0..TURNS {
                yield_now().await;
            }
            is_quiet = true;
            for peer in &mut self.peers {
                is_quiet &= peer.hear() == 0;
            }
        }
    }

    /// A peer as it should be sends something, and has it back.
    async fn good_is_answered(&mut self) {
        let endpoint = Endpoint::Ipc(self.path.clone());
        let peer = if self.is_secured {
            self.good.dial_key(&endpoint, &server_keys().public_key())
        } else {
            self.good.dial(&endpoint)
        };
        peer.expect("it is one").send(&[Frame::Copied(b"good")]).expect("there is room");
        for _ in 0..1000 {
            self.settle().await;
            if let Ok(answer) = self.answers.try_recv() {
                assert_eq!(answer.frame(0), Some(&b"good"[..]));
                return;
            }
        }
        panic!("a peer as it should be is not answered");
    }

    /// What became of all.
    pub(crate) async fn end(mut self) -> Vec<Fate> {
        for deaf in self.peers.iter_mut().filter(|peer| peer.is_deaf) {
            // How much there is depends on the kernel; only whether it ends is of interest.
            let heard = deaf.heard.clone();
            deaf.is_deaf = false;
            deaf.hear();
            deaf.heard = heard;
        }
        self.settle().await;
        self.good_is_answered().await;
        let fate = |peer: Hostile| Fate { said: words(&peer.heard), closed_after: peer.closed_after };
        let fates = std::mem::take(&mut self.peers).into_iter().map(fate).collect();
        drop((self.good, self.socket));
        fates
    }
}
