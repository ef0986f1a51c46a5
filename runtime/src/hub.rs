//! The embedded default: registry and event bus of one machine, hosted by one of its processes.
//!
//! A node, or a test, binds a [`Hub`] on loopback, and several processes make one cluster with
//! nothing installed. All it knows is in memory: it promises what ZooKeeper and RabbitMQ do only as
//! long as its process lives, and is no answer for production.
//!
//! ```
//! use lymph::hub::{Hub, HubClient};
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let hub = Hub::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
//! let client = HubClient::connect(hub.addr()).await.unwrap();
//! let (registry, bus) = (client.registry(), client.bus());
//! # drop((registry, bus));
//! hub.shutdown().await;
//! # });
//! ```

mod client;
mod frame;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzed/hub.rs"]
pub(crate) mod fuzzed;
mod link;
mod protocol;
mod server;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

pub use self::client::{HubBus, HubClient, HubRegistry};
use crate::events::queueing::Broker;
use crate::events::{DeadLetter, Ladder};
use crate::registry::memory::MemoryRegistry;

/// Clients served at once; others are turned away.
const MAX_CLIENTS: usize = 256;

/// Pause after a failed accept, which fails again at once while file descriptors are short.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a client of a hub could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HubError(pub String);

/// A running hub; dropping it ends it.
#[derive(Debug)]
pub struct Hub {
    address: SocketAddr,
    broker: Arc<Broker>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
    abort: AbortHandle,
}

impl Hub {
    /// Listens at `address`, which must be on loopback, and serves from now on.
    ///
    /// # Errors
    ///
    /// When the address is taken, or reaches beyond this machine.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        Self::with_ladder(address, Ladder::default()).await
    }

    /// As [`Self::bind`]; failed deliveries climb `ladder`.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn with_ladder(address: SocketAddr, ladder: Ladder) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let reason = format!("a hub is for one machine: {address} is not on loopback");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (broker, stop) = (Arc::new(Broker::new(ladder)), CancellationToken::new());
        let task = tokio::spawn(accept(listener, Arc::clone(&broker), stop.clone()));
        let abort = task.abort_handle();
        tracing::info!(%address, "hub: everything it knows is lost when this process ends");
        Ok(Self { address, broker, stop, task: Mutex::new(Some(task)), abort })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What could not be handled, oldest first; `queue` as in
    /// [`Subscription::queue`](crate::events::Subscription::queue).
    #[must_use]
    pub fn dead_letters(&self, queue: &str) -> Vec<DeadLetter> {
        self.broker.dead_letters(queue)
    }

    /// Returns when it was shut down.
    pub async fn run(&self) {
        let mut task = self.task.lock().await;
        if let Some(running) = &mut *task {
            // Cut off, or ended by a panic that its hook has told of.
            drop(running.await);
        }
        *task = None;
    }

    /// Turns every client away and ends.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.run().await;
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

async fn accept(listener: TcpListener, broker: Arc<Broker>, stop: CancellationToken) {
    let registry = MemoryRegistry::new();
    let places = Arc::new(Semaphore::new(MAX_CLIENTS));
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = clients.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    tracing::warn!(%peer, "turned away: {MAX_CLIENTS} clients are there already");
                    continue;
                };
                let client = client(stream, peer, Arc::clone(&broker), registry.clone());
                clients.spawn(async move {
                    client.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    clients.shutdown().await;
}

async fn client(stream: TcpStream, peer: SocketAddr, broker: Arc<Broker>, registry: MemoryRegistry) {
    let served = async {
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        server::serve(reader, writer, broker, registry).await
    };
    match served.await {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => tracing::debug!(%peer, "left"),
        Err(error) => tracing::warn!(%peer, %error, "cut off"),
    }
}
