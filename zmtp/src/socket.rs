//! All connections of one process under one identity.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::budget::Memory;
use crate::complaints::Complaints;
use crate::curve::{Allow, PublicKey, SecretKey};
use crate::listener::{self, Listener, Serving};
use crate::peer::{Handler, Remote};
use crate::{Config, Endpoint, Frame, Options, Peer, Security, SendError, Threads, dialer};

/// How long tasks may take to end once they were told to.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// Peers that connected to us, and peers that we connect to.
///
/// Dropping it ends all connections at once; [`close`](Self::close) sends what waits first.
///
/// ```
/// use lymph_zmtp::{Config, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo};
/// use lymph_zmtp::{Receiver, Socket, SocketType};
///
/// /// Sends every message back over the connection that it came from.
/// struct Echo;
///
/// impl Handler for Echo {
///     type Receiver = Echoing;
///     fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Echoing, String> {
///         Ok(Echoing(peer.clone()))
///     }
/// }
///
/// struct Echoing(Peer);
///
/// impl Receiver for Echoing {
///     fn message(&mut self, message: Multipart) -> Pace {
///         let frames: Vec<_> = message.frames().map(Frame::Copied).collect();
///         _ = self.0.send(&frames);
///         Pace::Steady
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let listener = Listener::bind(&"tcp://127.0.0.1:0".parse().unwrap()).unwrap();
/// let socket = Socket::new(Config::new(SocketType::Router, ""), Options::default(), Echo);
/// socket.listen(listener);
/// socket.close(std::time::Duration::from_secs(1)).await;
/// # });
/// ```
pub struct Socket<H> {
    dialing: Arc<Config>,
    listening: Arc<Config>,
    keys: Option<Keys>,
    options: Arc<Options>,
    /// Of connections that we make.
    memory: Memory,
    handler: Arc<H>,
    /// Messages may be sent from threads that run no tasks.
    runtime: Handle,
    /// What connections are spread over, if not all run in `runtime`.
    threads: Option<Arc<Threads>>,
    stop: watch::Sender<bool>,
    state: Mutex<State>,
}

/// What a socket needs whose connections are secured.
struct Keys {
    own: SecretKey,
    allow: Arc<Allow>,
}

#[derive(Default)]
struct State {
    closed: bool,
    /// Peers that we dialed, by the thread that their connection runs on and where they are.
    peers: HashMap<usize, HashMap<Endpoint, Dialed>>,
    tasks: JoinSet<()>,
}

/// A peer, and the key that it must have.
struct Dialed {
    peer: Peer,
    key: Option<PublicKey>,
}

/// Why a peer is not dialed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// As many are dialed as [`Options::max_dialed`] lets be.
    #[error("{0} peers are connected already")]
    TooMany(usize),
    /// The socket was closed.
    #[error("the socket is closed")]
    Closed,
    /// Connections of this socket are secured, and the peer's key is not known.
    #[error("the peer's public key is not known")]
    NoKey,
    /// The peer's key is known, but this socket has none of its own.
    #[error("the socket has no keys")]
    Unsecured,
}

impl<H: Handler> Socket<H> {
    /// A socket without connections, within a runtime, which all its tasks will run in.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    #[must_use]
    pub fn new(config: Config, options: Options, handler: H) -> Self {
        let config = Arc::new(config);
        Self {
            dialing: config.clone(),
            listening: config,
            keys: None,
            memory: Memory::new(options.memory_bytes),
            options: Arc::new(options),
            handler: Arc::new(handler),
            runtime: Handle::current(),
            threads: None,
            stop: watch::Sender::new(false),
            state: Mutex::default(),
        }
    }

    /// Says something else of itself on connections that it makes.
    #[must_use]
    pub fn dialing_as(mut self, config: Config) -> Self {
        self.dialing = Arc::new(config);
        self
    }

    /// Secures all its connections with CURVE: peers must have a key that `allow` names to connect,
    /// and are connected to by [`dial_key`](Self::dial_key).
    #[must_use]
    pub fn secured(mut self, keys: SecretKey, allow: Allow) -> Self {
        self.keys = Some(Keys { own: keys, allow: Arc::new(allow) });
        self
    }

    /// Runs its connections on `threads`, each on one of them: those that peers make in turns, and
    /// those that it makes as [`Self::send_on`] says.
    #[must_use]
    pub fn spread_over(mut self, threads: Threads) -> Self {
        self.threads = Some(Arc::new(threads));
        self
    }

    /// How many threads its connections run on, where that is known: 1 without [`Threads`].
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads.as_ref().map_or(1, |threads| threads.count())
    }

    /// Which of its threads runs the caller; `None` elsewhere, and always without [`Threads`].
    #[must_use]
    pub fn this_thread(&self) -> Option<usize> {
        self.threads.as_ref()?.here()
    }

    /// The thread for connections to `endpoint` that may as well run on any: always the same one.
    #[must_use]
    pub fn usual_thread(&self, endpoint: &Endpoint) -> usize {
        let count = self.threads();
        if count == 1 {
            return 0;
        }
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(endpoint);
        usize::try_from(hash % count as u64).expect("it is below a count")
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the connections that come to `listener`.
    pub fn listen(&self, listener: Listener) {
        let (config, options, handler) = (self.listening.clone(), self.options.clone(), self.handler.clone());
        let threads = self.threads.clone();
        let security = match &self.keys {
            None => Security::Null,
            Some(Keys { own, allow }) => Security::CurveServer { keys: own.clone(), allow: allow.clone() },
        };
        let serving =
            Serving { config, security, options, handler, complaints: Complaints::default(), threads };
        let listening = listener::run(listener, serving, self.stop.subscribe());
        self.lock().tasks.spawn_on(listening, &self.runtime);
    }

    /// The peer at `endpoint`, to which we connect unless we are connected.
    ///
    /// # Errors
    ///
    /// [`DialError`] when the socket is closed, has too many peers, or is secured.
    pub fn dial(&self, endpoint: &Endpoint) -> Result<Peer, DialError> {
        Ok(self.dial_and(self.usual_thread(endpoint), endpoint, None, |_| ())?.0)
    }

    /// As [`dial`](Self::dial), of a socket that is secured: whoever answers at `endpoint` must have
    /// the secret half of `key`. A connection to somebody with another key is closed.
    ///
    /// # Errors
    ///
    /// [`DialError`] when the socket is closed, has too many peers, or is not secured.
    pub fn dial_key(&self, endpoint: &Endpoint, key: &PublicKey) -> Result<Peer, DialError> {
        Ok(self.dial_and(self.usual_thread(endpoint), endpoint, Some(*key), |_| ())?.0)
    }

    /// Queues one message for the peer at `endpoint`, which has this `key` if the socket is secured.
    /// A peer that is new has it before the first attempt to connect, so that it cannot be out of
    /// reach yet. Returns the peer for those to come.
    ///
    /// # Errors
    ///
    /// As [`Self::dial`], [`Self::dial_key`] and [`Peer::send`].
    pub fn send(
        &self,
        endpoint: &Endpoint,
        key: Option<&PublicKey>,
        frames: &[Frame<'_>],
    ) -> Result<Peer, SendError> {
        self.send_on(self.usual_thread(endpoint), endpoint, key, frames)
    }

    /// As [`Self::send`], over a connection that runs on the `thread` of that number, which has one of
    /// its own to each peer. Peers must be content with several connections of one identity then,
    /// which libzmq is not.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    ///
    /// # Panics
    ///
    /// When there are fewer [`threads`](Self::threads).
    pub fn send_on(
        &self,
        thread: usize,
        endpoint: &Endpoint,
        key: Option<&PublicKey>,
        frames: &[Frame<'_>],
    ) -> Result<Peer, SendError> {
        let (peer, sent) = self.dial_and(thread, endpoint, key.copied(), |peer| peer.send(frames))?;
        sent.map(|()| peer)
    }

    /// The peer at `endpoint`, and what `first` makes of it before it is dialed, if it is new.
    fn dial_and<T>(
        &self,
        thread: usize,
        endpoint: &Endpoint,
        key: Option<PublicKey>,
        first: impl FnOnce(&Peer) -> T,
    ) -> Result<(Peer, T), DialError> {
        let security = match (&self.keys, key) {
            (None, None) => Security::Null,
            (Some(keys), Some(server)) => Security::CurveClient { keys: keys.own.clone(), server },
            (Some(_), None) => return Err(DialError::NoKey),
            (None, Some(_)) => return Err(DialError::Unsecured),
        };
        let mut state = self.lock();
        if state.closed {
            return Err(DialError::Closed);
        }
        let state = &mut *state;
        let peers = state.peers.entry(thread).or_default();
        match peers.get(endpoint) {
            Some(known) if known.peer.is_closed() => {}
            Some(known) if known.key == key => return Ok((known.peer.clone(), first(&known.peer))),
            Some(other) => other.peer.close(),
            None => {}
        }
        // What has ended is of no more interest.
        while state.tasks.try_join_next().is_some() {}
        peers.retain(|_, known| !known.peer.is_closed());
        if peers.len() >= self.options.max_dialed {
            return Err(DialError::TooMany(self.options.max_dialed));
        }
        let peer = Peer::new(Remote::Dialed(endpoint.clone()), self.options.outbox, &self.memory);
        let first = first(&peer);
        peers.insert(endpoint.clone(), Dialed { peer: peer.clone(), key });
        let (config, options) = (self.dialing.clone(), self.options.clone());
        let dialing =
            dialer::run(endpoint.clone(), config, security, options, peer.clone(), self.handler.clone());
        let runtime = self.threads.as_ref().map_or(&self.runtime, |threads| threads.runtime(thread));
        state.tasks.spawn_on(dialing, runtime);
        Ok((peer, first))
    }

    /// Takes no more messages and connections, sends what waits for as long as `patience` lasts, then
    /// ends every connection. Returns how many messages were not sent.
    pub async fn close(&self, patience: Duration) -> usize {
        let (peers, mut tasks) = {
            let mut state = self.lock();
            state.closed = true;
            (std::mem::take(&mut state.peers), std::mem::take(&mut state.tasks))
        };
        self.stop.send_replace(true);
        let peers: Vec<_> = peers.into_values().flatten().collect();
        for (_, Dialed { peer, .. }) in &peers {
            peer.close();
        }
        let all = async { while tasks.join_next().await.is_some() {} };
        let mut lost = 0;
        if timeout(patience, all).await.is_err() {
            let unsent = peers.iter().map(|(endpoint, known)| (endpoint, &known.peer));
            for (endpoint, peer) in unsent.filter(|(_, peer)| peer.unsent() > 0) {
                tracing::warn!(%endpoint, messages = peer.unsent(), "closed before all was sent");
                lost += peer.unsent();
            }
            tasks.abort_all();
            if timeout(STOP_WITHIN, async { while tasks.join_next().await.is_some() {} }).await.is_err() {
                tracing::warn!("connections did not end in time");
            }
        }
        if let Some(threads) = &self.threads {
            threads.end().await;
        }
        lost
    }
}

impl<H> fmt::Debug for Socket<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("config", &self.listening).finish_non_exhaustive()
    }
}
