//! Takes connections, as many as may be, and keeps them until they end.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, UnixListener};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::batch::Writing;
use crate::budget::Memory;
use crate::complaints::Complaints;
use crate::driver::{End, drive};
use crate::peer::{Handler, Remote};
use crate::stream::Stream;
use crate::{Config, Endpoint, Options, Peer, Security, Threads, files};

/// Connections that the kernel may keep for us until we take them.
const BACKLOG: u32 = 4096;

/// First and longest pause when a connection cannot be taken, most likely since all file descriptors
/// are in use.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// A bound socket that nobody reads from yet: peers may connect, and wait.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    endpoint: Endpoint,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix { listener: UnixListener, _file: SocketFile },
}

/// Removes a Unix socket from the file system.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(path = %self.0.display(), %error, "cannot remove the socket");
        }
    }
}

impl Listener {
    /// Binds `endpoint`; port 0 means any free one. A Unix socket that nobody listens at any more is
    /// replaced.
    ///
    /// # Errors
    ///
    /// When the address is taken or not ours.
    pub fn bind(endpoint: &Endpoint) -> io::Result<Self> {
        Ok(match endpoint {
            Endpoint::Tcp(address) => {
                let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
                // A port whose last connections are being forgotten is free.
                socket.set_reuseaddr(true)?;
                socket.bind(*address)?;
                let listener = socket.listen(BACKLOG)?;
                let endpoint = Endpoint::Tcp(listener.local_addr()?);
                Self { socket: Socket::Tcp(listener), endpoint }
            }
            Endpoint::Ipc(path) => {
                let listener = bind_unix(path)?;
                let socket = Socket::Unix { listener, _file: SocketFile(path.clone()) };
                Self { socket, endpoint: endpoint.clone() }
            }
        })
    }

    /// Where it is bound, with the port that was chosen.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    async fn accept(&self) -> io::Result<(Stream, Remote)> {
        match &self.socket {
            Socket::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok((Stream::Tcp(stream), Remote::Tcp(canonical(address))))
            }
            Socket::Unix { listener, .. } => Ok((Stream::Unix(listener.accept().await?.0), Remote::Ipc)),
        }
    }
}

/// Peers by IPv4 on a socket for both versions are the same peers.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            match std::os::unix::net::UnixStream::connect(path) {
                Err(refused) if refused.kind() == io::ErrorKind::ConnectionRefused => {
                    std::fs::remove_file(path)?;
                    UnixListener::bind(path)
                }
                _ => Err(error),
            }
        }
        bound => bound,
    }
}

/// Connections under way.
struct Accepted {
    most: usize,
    tasks: JoinSet<()>,
    /// Who connected, and the thread that serves it.
    peers: HashMap<Id, (Peer, usize)>,
    /// Connections of each thread.
    by_thread: Vec<usize>,
    by_host: HashMap<u64, usize>,
}

/// What all connections of one listener have in common.
pub(crate) struct Serving<H> {
    pub(crate) config: Arc<Config>,
    pub(crate) security: Security,
    pub(crate) options: Arc<Options>,
    pub(crate) handler: Arc<H>,
    pub(crate) complaints: Complaints,
    pub(crate) threads: Option<Arc<Threads>>,
}

/// When to take the next connection, after some could not be taken.
#[derive(Default)]
struct Pause {
    failures: u32,
    until: Option<Instant>,
}

/// Takes connections until `stop` says so, then ends those that are there once they have sent what
/// waits.
pub(crate) async fn run<H: Handler>(
    listener: Listener,
    serving: Serving<H>,
    mut stop: watch::Receiver<bool>,
) {
    let serving = Arc::new(serving);
    let mut accepted = Accepted::new(&listener.endpoint, &serving.options, serving.threads.as_deref());
    let memory = Memory::new(serving.options.memory_bytes);
    let mut pause = Pause::default();
    loop {
        // All branches are cancel-safe.
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            Some(ended) = accepted.tasks.join_next_with_id() => accepted.forget(&ended),
            connection = accept(&listener, pause.until) => match connection {
                Ok((stream, remote)) => {
                    pause = Pause::default();
                    if let Err(reason) = accepted.has_room(&remote, &serving.options) {
                        if let Some(others) = serving.complaints.may_speak() {
                            tracing::warn!(%remote, reason, others, "turned a connection away");
                        }
                        continue;
                    }
                    let peer = Peer::new(remote, serving.options.outbox, &memory);
                    if let Err(error) = accepted.add(stream, &serving, peer) {
                        tracing::debug!(%error, "lost a connection before it was served");
                    }
                }
                Err(error) => {
                    if let Some(others) = serving.complaints.may_speak() {
                        let endpoint = &listener.endpoint;
                        tracing::warn!(%endpoint, %error, others, "cannot take connections");
                    }
                    pause.lengthen();
                }
            },
        }
    }
    drop(listener);
    for (peer, _) in accepted.peers.values() {
        peer.close();
    }
    while let Some(ended) = accepted.tasks.join_next_with_id().await {
        accepted.forget(&ended);
    }
}

impl Pause {
    fn lengthen(&mut self) {
        let (first, longest) = BACKOFF;
        let pause = first.saturating_mul(1 << self.failures.min(10)).min(longest);
        *self = Self { failures: self.failures + 1, until: Some(Instant::now() + pause) };
    }
}

/// The next connection, after a pause.
async fn accept(listener: &Listener, pause: Option<Instant>) -> io::Result<(Stream, Remote)> {
    if let Some(until) = pause {
        sleep_until(until).await;
    }
    loop {
        match listener.accept().await {
            // The peer has given up meanwhile, which says nothing about the next.
            Err(error) if is_about_peer(&error) => {}
            accepted => return accepted,
        }
    }
}

fn is_about_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, InvalidInput, NotConnected};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted | InvalidInput | NotConnected)
}

impl Accepted {
    fn new(endpoint: &Endpoint, options: &Options, threads: Option<&Threads>) -> Self {
        let threads = threads.map_or(1, Threads::count);
        let (most, wanted) = (files::connections(options, threads), options.max_accepted);
        if most < wanted {
            tracing::info!(%endpoint, most, wanted, "the limit of open files lets fewer peers connect");
        }
        let by_thread = vec![0; threads];
        Self { most, tasks: JoinSet::new(), peers: HashMap::new(), by_thread, by_host: HashMap::new() }
    }

    fn has_room(&self, remote: &Remote, options: &Options) -> Result<(), &'static str> {
        if self.peers.len() >= self.most {
            return Err("there are too many");
        }
        let of_host = host_of(remote).and_then(|host| self.by_host.get(&host));
        if of_host.is_some_and(|count| *count >= options.max_accepted_per_address) {
            return Err("there are too many from its address");
        }
        Ok(())
    }

    /// Serves a connection on the thread that has the fewest.
    fn add<H: Handler>(&mut self, stream: Stream, serving: &Arc<Serving<H>>, peer: Peer) -> io::Result<()> {
        let thread = (0..self.by_thread.len()).min_by_key(|thread| self.by_thread[*thread]).unwrap_or(0);
        let host = host_of(peer.remote());
        let (on, known) = (serving.clone(), peer.clone());
        let task = match &serving.threads {
            None => self.tasks.spawn(serve(stream, on, peer)),
            Some(threads) => {
                let stream = stream.loosen()?;
                let settled = async move {
                    match stream.settle() {
                        Ok(stream) => serve(stream, on, peer).await,
                        Err(error) => tracing::warn!(%error, "cannot serve a connection"),
                    }
                };
                self.tasks.spawn_on(settled, threads.runtime(thread))
            }
        };
        if let Some(host) = host {
            *self.by_host.entry(host).or_default() += 1;
        }
        self.by_thread[thread] += 1;
        self.peers.insert(task.id(), (known, thread));
        Ok(())
    }

    fn forget(&mut self, ended: &Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => *id,
            Err(error) => {
                tracing::error!(%error, "the task of a connection failed");
                error.id()
            }
        };
        let Some((peer, thread)) = self.peers.remove(&id) else { return };
        self.by_thread[thread] -= 1;
        if let Some(host) = host_of(peer.remote())
            && let Some(count) = self.by_host.get_mut(&host)
        {
            *count -= 1;
            if *count == 0 {
                self.by_host.remove(&host);
            }
        }
    }
}

/// The host whose connections are counted.
fn host_of(remote: &Remote) -> Option<u64> {
    matches!(remote, Remote::Tcp(_)).then(|| remote.host())
}

async fn serve<H: Handler>(stream: Stream, serving: Arc<Serving<H>>, peer: Peer) {
    let Serving { config, security, options, handler, complaints, .. } = &*serving;
    let _guard = peer.close_on_drop();
    let mut writing = Writing::default();
    let (config, security) = (config.clone(), security.clone());
    let end = drive(stream, config, security, options, &peer, &**handler, &mut writing).await;
    let remote = peer.remote();
    match &end {
        End::Protocol(_) | End::Refused(_) | End::Handshake | End::Unfinished | End::Hoarding => {
            if let Some(others) = complaints.may_speak() {
                tracing::warn!(%remote, %end, others, "ended a connection");
            }
        }
        _ => tracing::debug!(%remote, %end, "ended a connection"),
    }
    let unsent = peer.outbox().abandon(&mut writing);
    if !unsent.is_empty() {
        let reason = end.to_string();
        unsent.into_iter().for_each(|message| handler.unsent(&peer, message, &reason));
    }
}
