//! Echoes of 64 bytes, 64 at a time, between two threads with a runtime each: over this crate, and
//! over TCP with nothing but a length before each message.
//!
//! ```console
//! $ cargo run --release -p lymph-zmtp --example throughput
//! ```
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use lymph_zmtp::{
    Config, Endpoint, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo, Receiver, Socket,
    SocketType,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

const MESSAGES: usize = 2_000_000;
const IN_FLIGHT: usize = 64;
const BODY: [u8; 64] = [7; 64];

/// What a call of lymph sends before its body.
const HEAD: [&[u8]; 4] = [
    b"0123456789abcdef0123456789abcdef",
    b"REQ",
    b"Echo.echo",
    b"\x82\xa8trace_id\xd9\x200123456789abcdef0123456789abcdef\xa7version\xa51.0.0",
];

fn main() -> io::Result<()> {
    for _ in 0..3 {
        report("bare TCP", bare()?);
        report("one frame", zmtp(&[])?);
        report("five frames", zmtp(&HEAD)?);
    }
    Ok(())
}

fn report(what: &str, elapsed: Duration) {
    println!("{what:>12}: {:>9.0} messages/s", MESSAGES as f64 / elapsed.as_secs_f64());
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Answers every message with itself.
struct Echo;
struct Echoing(Peer);

impl Handler for Echo {
    type Receiver = Echoing;
    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Echoing, String> {
        Ok(Echoing(peer.clone()))
    }
}

impl Receiver for Echoing {
    fn message(&mut self, message: Multipart) -> Pace {
        let mut frames = [Frame::Copied(b""); 5];
        let mut count = 0;
        for (frame, slot) in message.frames().zip(&mut frames) {
            *slot = Frame::Copied(frame);
            count += 1;
        }
        _ = self.0.send(&frames[..count]);
        Pace::Steady
    }
}

/// Sends a message for each that comes back.
struct Caller {
    head: &'static [&'static [u8]],
    done: Arc<Notify>,
}

struct Calling {
    peer: Peer,
    head: &'static [&'static [u8]],
    to_send: usize,
    to_come: usize,
    done: Arc<Notify>,
}

impl Handler for Caller {
    type Receiver = Calling;
    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Calling, String> {
        for _ in 0..IN_FLIGHT {
            send(peer, self.head);
        }
        let to_send = MESSAGES - IN_FLIGHT;
        let (peer, done) = (peer.clone(), self.done.clone());
        Ok(Calling { peer, head: self.head, to_send, to_come: MESSAGES, done })
    }
}

impl Receiver for Calling {
    fn message(&mut self, _: Multipart) -> Pace {
        if self.to_send > 0 {
            self.to_send -= 1;
            send(&self.peer, self.head);
        }
        self.to_come -= 1;
        if self.to_come == 0 {
            self.done.notify_one();
        }
        Pace::Steady
    }
}

fn send(peer: &Peer, head: &[&'static [u8]]) {
    let mut frames = [Frame::Copied(&BODY); 5];
    for (slot, frame) in frames.iter_mut().zip(head) {
        *slot = Frame::Copied(frame);
    }
    peer.send(&frames[..=head.len()]).expect("so few always fit");
}

fn zmtp(head: &'static [&'static [u8]]) -> io::Result<Duration> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let endpoint = Endpoint::Tcp(listener.local_addr()?);
    drop(listener);
    let (stop, stopped) = oneshot::channel::<()>();
    let (bound, is_bound) = std::sync::mpsc::channel();
    let serving = {
        let endpoint = endpoint.clone();
        thread::spawn(move || {
            runtime()?.block_on(async {
                let socket = Socket::new(Config::new(SocketType::Router, ""), Options::default(), Echo);
                socket.listen(Listener::bind(&endpoint)?);
                _ = bound.send(());
                _ = stopped.await;
                io::Result::Ok(())
            })
        })
    };
    _ = is_bound.recv();
    let elapsed = runtime()?.block_on(async {
        let done = Arc::new(Notify::new());
        let handler = Caller { head, done: done.clone() };
        let socket = Socket::new(Config::new(SocketType::Dealer, ""), Options::default(), handler);
        let begun = Instant::now();
        socket.dial(&endpoint).map_err(io::Error::other)?;
        done.notified().await;
        io::Result::Ok(begun.elapsed())
    })?;
    drop(stop);
    serving.join().expect("it does not panic")?;
    Ok(elapsed)
}

/// Splits off the messages that `input` begins with, and returns how many there are.
fn whole(input: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while let Some(length) = input.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        let end = at + 4 + u32::from_be_bytes(*length) as usize;
        if end > input.len() {
            break;
        }
        (at, count) = (end, count + 1);
    }
    count
}

fn bare() -> io::Result<Duration> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let message = [&64_u32.to_be_bytes()[..], &BODY].concat();
    let length = message.len();
    let serving = thread::spawn(move || {
        runtime()?.block_on(async {
            let (mut stream, _) = TcpListener::from_std(listener)?.accept().await?;
            stream.set_nodelay(true)?;
            let mut input = Vec::with_capacity(64 << 10);
            while stream.read_buf(&mut input).await? > 0 {
                let bytes = whole(&input) * length;
                stream.write_all(&input[..bytes]).await?;
                input.drain(..bytes);
            }
            io::Result::Ok(())
        })
    });
    let elapsed = runtime()?.block_on(async {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let begun = Instant::now();
        let mut input = Vec::with_capacity(64 << 10);
        let (mut to_send, mut to_come) = (MESSAGES, MESSAGES);
        let mut now = IN_FLIGHT;
        while to_come > 0 {
            to_send -= now;
            stream.write_all(&message.repeat(now)).await?;
            stream.read_buf(&mut input).await?;
            let count = whole(&input);
            input.drain(..count * length);
            to_come -= count;
            now = count.min(to_send);
        }
        io::Result::Ok(begun.elapsed())
    })?;
    serving.join().expect("it does not panic")?;
    Ok(elapsed)
}
