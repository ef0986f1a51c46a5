//! The service, somebody who calls it all the while, and what it all costs.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lymph::container::Settings;
use lymph::registry::memory::MemoryRegistry;
use lymph::transport::zmtp::{self, Zmtp};
use lymph::{CallError, Client, Container, Context, Fault, Parts, Running};
use peak_alloc::PeakAlloc;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::service::{ECHO, Echo, SAY, Say};

/// Counts each byte, so that what is kept is told from what an allocator has not given back yet.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a call may take beside an attack. The slowest takes two seconds where two more processes never rest.
const DEADLINE: Duration = Duration::from_secs(20);

/// Memory of all connections for large messages, in either direction.
pub(crate) const MEMORY: usize = 32 << 20;

/// What may stay behind: a few buffers, and what is remembered of peers.
const SPARE_BYTES: usize = 256 << 10;
const SPARE_SOCKETS: usize = 4;

/// Handlers that may run, and requests that may wait.
const RUNNING: usize = 64;
const QUEUED: usize = 64;

pub(crate) struct Siege {
    pub(crate) address: SocketAddr,
    _server: Running,
    caller: Running,
    /// How many calls were answered beside attacks.
    answered: watch::Sender<usize>,
}

/// What the process has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Allocated and not freed, whatever the system has been given back of it.
    pub(crate) bytes: usize,
    pub(crate) sockets: usize,
}

async fn say(_: Context, say: Say) -> Result<String, Fault> {
    if say.text == "slow" {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(say.text)
}

fn container(registry: MemoryRegistry) -> Container {
    let mut settings = Settings::default();
    (settings.concurrency, settings.queue) = (RUNNING, QUEUED);
    Container::with_parts(settings, || async {
        let mut settings = zmtp::Settings::default();
        settings.memory_bytes = MEMORY;
        let transport = Zmtp::bind_with(IpAddr::V4(Ipv4Addr::LOCALHOST), None, settings).await?;
        Ok(Parts { transport: Arc::new(transport), registry: Arc::new(registry), bus: None })
    })
}

impl Siege {
    pub(crate) async fn start() -> Self {
        let registry = MemoryRegistry::new();
        let server =
            container(registry.clone()).serve(Echo::new(&ECHO, say)).start().await.expect("it starts");
        let caller = container(registry).start().await.expect("it starts");
        let endpoint = server.handle().endpoint().to_string();
        let address = endpoint.trim_start_matches("tcp://").parse().expect("it has a port");
        Self { address, _server: server, caller, answered: watch::Sender::new(0) }
    }

    /// Calls the service every 10 ms until `attack` is over, and once more after it: each call must be
    /// answered in time.
    pub(crate) async fn during(&self, what: &str, attack: impl Future<Output = ()>) {
        let mut attack = pin!(attack);
        let (mut calls, mut slowest, mut is_over) = (0, Duration::ZERO, false);
        while !is_over {
            tokio::select! {
                () = &mut attack => is_over = true,
                took = self.call(what) => {
                    calls += 1;
                    self.answered.send_modify(|answered| *answered += 1);
                    slowest = slowest.max(took);
                }
            }
        }
        self.call(what).await;
        eprintln!("while {what}: {calls} calls, the slowest took {slowest:?}");
    }

    /// Waits, in an attack, until so many further calls were answered.
    pub(crate) async fn answers(&self, count: usize) {
        let mut answered = self.answered.subscribe();
        let enough = *answered.borrow() + count;
        let seen = timeout(PATIENCE, answered.wait_for(|answered| *answered >= enough)).await;
        seen.expect("nobody is answered").expect("the siege goes on");
    }

    async fn call(&self, what: &str) -> Duration {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let begun = Instant::now();
        let answer = self.ask("well", DEADLINE).await;
        assert_eq!(answer.as_deref(), Ok("well"), "while {what}, after {:?}", begun.elapsed());
        begun.elapsed()
    }

    /// Has the service say `text`, as somebody who behaves.
    pub(crate) async fn ask(&self, text: &str, within: Duration) -> Result<String, CallError> {
        Client::from(&self.caller).call(&SAY, &Say::new(text)).timeout(within).await
    }

    pub(crate) async fn cost(&self) -> Cost {
        let files = fs::read_dir("/proc/self/fd").expect("it is Linux").flatten();
        let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
        let sockets = targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count();
        Cost { bytes: ALLOCATOR.current_usage(), sockets }
    }

    /// Waits until what the attacks took is given back.
    pub(crate) async fn is_as_before(&self, before: Cost) {
        let begun = Instant::now();
        loop {
            let now = self.cost().await;
            if now.bytes <= before.bytes + SPARE_BYTES && now.sockets <= before.sockets + SPARE_SOCKETS {
                eprintln!("before: {before:?}, after: {now:?}");
                return;
            }
            assert!(begun.elapsed() < PATIENCE * 2, "it had {before:?} and has {now:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
