//! What connections cost on which nothing happens: connects a process to itself many times, waits
//! until buffers have been given back, and divides. Each connection counts twice, once on either side.
//!
//! ```console
//! $ ulimit -n 50000; cargo run --release -p lymph-zmtp --example idle -- 10000
//! ```
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lymph_zmtp::{
    Config, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo, Receiver, Remote, Socket,
    SocketType,
};

/// Sends a message over each connection that it made, and counts those that came.
struct Greeter(Arc<AtomicUsize>);

impl Handler for Greeter {
    type Receiver = Greeted;
    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Greeted, String> {
        if matches!(peer.remote(), Remote::Dialed(_)) {
            peer.send(&[Frame::Copied(&[7; 500])]).map_err(|error| error.to_string())?;
        }
        Ok(Greeted(self.0.clone()))
    }
}

struct Greeted(Arc<AtomicUsize>);

impl Receiver for Greeted {
    fn message(&mut self, _: Multipart) -> Pace {
        self.0.fetch_add(1, Ordering::Relaxed);
        Pace::Steady
    }
}

fn resident_bytes() -> io::Result<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    Ok(pages.ok_or(io::ErrorKind::InvalidData)? * 4096)
}

fn main() -> io::Result<()> {
    let connections = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(connections))
}

async fn measure(connections: usize) -> io::Result<()> {
    let heartbeat = Duration::from_secs(1);
    let all = connections + 1;
    let options =
        Options { heartbeat, max_accepted: all, max_accepted_per_address: all, ..Options::default() };
    let came = Arc::new(AtomicUsize::new(0));
    let before = resident_bytes()?;
    let config = Config::new(SocketType::Router, "");
    let server = Socket::new(config, options.clone(), Greeter(came.clone()));
    let listener = Listener::bind(&"tcp://127.0.0.1:0".parse().map_err(io::Error::other)?)?;
    let endpoint = listener.endpoint().clone();
    server.listen(listener);
    let mut clients = Vec::new();
    for count in 0..connections {
        let config = Config::new(SocketType::Dealer, "");
        let client = Socket::new(config, options.clone(), Greeter(came.clone()));
        client.dial(&endpoint).map_err(io::Error::other)?;
        clients.push(client);
        while came.load(Ordering::Relaxed) < count {
            tokio::task::yield_now().await;
        }
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let each = (resident_bytes()? - before) / connections / 2;
    println!("{connections} connections: {each} bytes on each side of one");
    Ok(())
}
