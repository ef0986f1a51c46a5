// What must hold of a service on a socket of the system, whatever peers write to it, and whoever they claim to be.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use lymph::container::Settings;
use lymph::registry::memory::MemoryRegistry;
use lymph::transport::zmtp::Zmtp;
use lymph::{Client, Container, Fault, Parts, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::input::Input;
use super::service::{ECHO, Echo, SAY, Say};

/// Connections of one input.
const MOST: usize = 4;

/// What somebody who behaves may wait for an answer.
const DEADLINE: Duration = Duration::from_secs(5);

/// Longer than the service takes to let go of a connection on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Files that connections may leave behind: those that were made to answer somebody.
const SPARE_FILES: usize = 64;

/// Started once, since that takes far longer than an input.
static LIVE: LazyLock<Mutex<Live>> = LazyLock::new(|| Mutex::new(Live::start()));

/// One step after the other: what happens, to which connection, and with what.
pub(crate) fn check(input: &[u8]) {
    let live = LIVE.lock().expect("nothing panics");
    live.runtime.block_on(live.bear(input));
    let files = files();
    assert!(files <= live.files + SPARE_FILES, "{files} files are open, there were {}", live.files);
}

/// A service, and somebody who calls it. Both run while an input is checked, and not between.
struct Live {
    runtime: Runtime,
    address: SocketAddr,
    caller: Running,
    _server: Running,
    /// Whom peers claim to be.
    names: [String; 5],
    /// Open at the start.
    files: usize,
}

impl Live {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system lets it");
        let (server, caller) = runtime.block_on(async {
            // libFuzzer's `main` leaves it as it is that writing to whoever has gone ends the process; Rust's does not.
            _ = signal(SignalKind::pipe()).expect("the system lets it");
            let registry = MemoryRegistry::new();
            let echo = Echo::new(&ECHO, |_, say: Say| async move {
                if say.text.starts_with('s') {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Ok::<_, Fault>(say.text)
            });
            let server = container(registry.clone()).serve(echo).start().await.expect("it starts");
            let caller = container(registry).start().await.expect("it starts");
            is_well(&caller).await;
            (server, caller)
        });
        let endpoint = |running: &Running| running.handle().endpoint().to_string();
        let (ours, theirs) = (endpoint(&server), endpoint(&caller));
        let address = ours.trim_start_matches("tcp://").parse().expect("it has a port");
        // Nobody listens at the third; the fourth is nobody's (RFC 5737), and no place to answer somebody from here.
        let nobody = ["tcp://127.0.0.1:1", "tcp://192.0.2.1:4400", ""].map(str::to_owned);
        let [third, fourth, fifth] = nobody;
        let names = [ours, theirs, third, fourth, fifth];
        Self { runtime, address, caller, _server: server, names, files: files() }
    }

    /// Lets peers do what `input` says, answers somebody else meanwhile, and lets the peers go.
    async fn bear(&self, input: &[u8]) {
        let (mut input, mut peers) = (Input(input), Vec::new());
        while let Some(what) = input.byte() {
            self.step(what, &mut input, &mut peers).await;
        }
        is_well(&self.caller).await;
        for mut peer in peers {
            _ = peer.shutdown().await;
            // A reset says the same as an orderly end.
            let end = timeout(PATIENCE, peer.read_to_end(&mut Vec::new())).await;
            _ = end.expect("the service does not let go of who has gone");
        }
    }

    async fn step(&self, what: u8, input: &mut Input<'_>, peers: &mut Vec<TcpStream>) {
        if let 0 | 1 = what % 8 {
            if peers.len() < MOST {
                let peer = self.connect(peers.len()).await;
                if what % 8 == 1 {
                    _ = peer.try_write(&self.handshake(input));
                }
                peers.push(peer);
            }
            return;
        }
        let which = input.index(peers.len());
        let Some(peer) = peers.get_mut(which) else { return };
        // Who does not read is not waited for, so what is written may end anywhere.
        match what % 8 {
            2 => _ = peer.try_write(input.bytes()),
            3 => _ = peer.try_write(&message(input)),
            4 => {
                let (id, text) = (input.bytes(), input.bytes());
                let body = [b"\x81\xa4text\xd9", &[text.len() as u8][..], text].concat();
                let message = [id, b"REQ", b"echo.say", b"\x80", &body];
                _ = peer.try_write(&framed(&message));
            }
            5 => {
                for _ in 0..input.index(16) {
                    _ = peer.try_read(&mut [0; 4096]);
                    yield_now().await;
                }
            }
            6 => _ = peer.shutdown().await,
            _ => {
                // Gone without a word.
                _ = peers[which].set_zero_linger();
                drop(peers.swap_remove(which));
            }
        }
    }

    /// Connects from an address of its own.
    async fn connect(&self, index: usize) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("there are files");
        let host = 2 + u8::try_from(index).expect("there are few");
        socket.bind(SocketAddr::from(([127, 0, 0, host], 0))).expect("there are ports");
        socket.connect(self.address).await.expect("the service listens")
    }

    /// A greeting, and what a peer says of itself then.
    fn handshake(&self, input: &mut Input<'_>) -> Vec<u8> {
        let who = usize::from(input.byte().unwrap_or_default());
        let (reads, which) = (who & 1 == 0, who / 2 % (self.names.len() + 1));
        // Names that the input makes up lead nowhere: who knows what listens there.
        let (name, reads) = match self.names.get(which) {
            Some(name) => (name.as_bytes(), reads),
            None => (input.bytes(), true),
        };
        let mut ready = b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0".to_vec();
        ready.push(name.len() as u8);
        ready.extend_from_slice(name);
        if reads {
            ready.extend_from_slice(b"\x07X-Lymph\0\0\0\x07answers");
        }
        let mut bytes = vec![0; 64];
        bytes[..16].copy_from_slice(b"\xff\0\0\0\0\0\0\0\0\x7f\x03\x01NULL");
        bytes.push(6);
        bytes.extend((ready.len() as u64).to_be_bytes());
        bytes.extend_from_slice(&ready);
        bytes
    }
}

fn container(registry: MemoryRegistry) -> Container {
    Container::with_parts(Settings::default(), || async {
        let transport = Zmtp::bind(IpAddr::V4(Ipv4Addr::LOCALHOST), None).await?;
        Ok(Parts { transport: Arc::new(transport), registry: Arc::new(registry), bus: None })
    })
}

/// Whoever behaves is answered in time.
async fn is_well(caller: &Running) {
    let answer = Client::from(caller).call(&SAY, &Say::new("well")).timeout(DEADLINE).await;
    assert_eq!(answer.as_deref(), Ok("well"));
}

/// Files that the process has open, where the system tells.
fn files() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Frames of any number, which may be a message.
fn message(input: &mut Input<'_>) -> Vec<u8> {
    let count = input.index(8);
    let frames: Vec<&[u8]> = (0..count).map(|_| input.bytes()).collect();
    framed(&frames)
}

fn framed(frames: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        let more = u8::from(index + 1 < frames.len());
        bytes.push(more | 2);
        bytes.extend((frame.len() as u64).to_be_bytes());
        bytes.extend_from_slice(frame);
    }
    bytes
}
