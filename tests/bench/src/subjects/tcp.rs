//! Bare TCP: length, slot, body. Reads and writes take many frames at once, nothing is decoded.
//!
//! The limit for whatever has several calls under way on one connection: it keeps no more than who waits for
//! which answer.

use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use anyhow::{Result, ensure};
use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::payload::Payload;
use crate::subject::Rpc;

/// Bytes of length and slot in front of each body.
const HEAD: usize = 8;

/// Room for a read.
const READ: usize = 256 << 10;

/// A client; its tasks end with its process.
pub(crate) struct Tcp {
    shared: Arc<Shared>,
    body: Bytes,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    outgoing: Notify,
}

#[derive(Default)]
struct State {
    /// Frames that wait to be written.
    outgoing: Vec<u8>,
    slots: Vec<Slot>,
    free: Vec<u32>,
}

/// One call under way.
#[derive(Default)]
struct Slot {
    answered: Option<usize>,
    waker: Option<Waker>,
}

impl Rpc for Tcp {
    async fn serve(ready: fn(SocketAddr), _: usize) -> Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        ready(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(echo(stream));
        }
    }

    async fn connect(server: SocketAddr, payload: Payload) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        let shared = Arc::new(Shared::default());
        tokio::spawn(receive(read, Arc::clone(&shared)));
        tokio::spawn(send(write, Arc::clone(&shared)));
        Ok(Self { shared, body: payload.bytes() })
    }

    async fn call(&self) -> Result<()> {
        let slot = {
            let mut state = self.shared.state();
            let slot = state.free.pop().unwrap_or(state.slots.len() as u32);
            if slot as usize == state.slots.len() {
                state.slots.push(Slot::default());
            }
            state.outgoing.extend_from_slice(&(self.body.len() as u32).to_be_bytes());
            state.outgoing.extend_from_slice(&slot.to_be_bytes());
            state.outgoing.extend_from_slice(&self.body);
            slot
        };
        self.shared.outgoing.notify_one();
        let bytes = poll_fn(|cx| {
            let mut state = self.shared.state();
            let waiting = &mut state.slots[slot as usize];
            let Some(bytes) = waiting.answered.take() else {
                waiting.waker = Some(cx.waker().clone());
                return Poll::Pending;
            };
            state.free.push(slot);
            Poll::Ready(bytes)
        })
        .await;
        ensure!(bytes == self.body.len(), "{bytes} bytes came back");
        Ok(())
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

/// Sends whole frames back as they came.
async fn echo(mut stream: TcpStream) -> Result<()> {
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(READ);
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        let mut whole = 0;
        while let Some(length) = frame(&buffer[whole..]) {
            whole += length;
        }
        stream.write_all(&buffer.split_to(whole)).await?;
    }
}

/// Writes all that waits at once; while it does, more may come to wait.
async fn send(mut stream: OwnedWriteHalf, shared: Arc<Shared>) -> Result<()> {
    let mut writing = Vec::new();
    loop {
        shared.outgoing.notified().await;
        std::mem::swap(&mut writing, &mut shared.state().outgoing);
        stream.write_all(&writing).await?;
        writing.clear();
    }
}

async fn receive(mut stream: OwnedReadHalf, shared: Arc<Shared>) -> Result<()> {
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(READ);
        ensure!(stream.read_buf(&mut buffer).await? > 0, "the server left");
        let mut state = shared.state();
        while let Some(length) = frame(&buffer) {
            let slot = u32::from_be_bytes(buffer[4..HEAD].try_into()?);
            let slot = &mut state.slots[slot as usize];
            slot.answered = Some(length - HEAD);
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
            buffer.advance(length);
        }
    }
}

/// Bytes of the frame that `buffer` begins with, when it is whole.
fn frame(buffer: &[u8]) -> Option<usize> {
    let length = u32::from_be_bytes(buffer.first_chunk().copied()?) as usize + HEAD;
    (buffer.len() >= length).then_some(length)
}
