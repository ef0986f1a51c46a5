//! The `zeromq` crate with the five frames of a lymph message, and nothing of lymph above it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use zeromq::{
    DealerRecvHalf, DealerSocket, Endpoint, RouterSocket, Socket, SocketRecv, SocketSend, ZmqMessage,
};

use crate::payload::Payload;
use crate::subject::Rpc;

/// What headers of a lymph request hold, as bytes that nobody reads.
const HEADERS: &[u8] = &[0; 64];

/// More than are ever under way.
const QUEUE: usize = 4096;

/// Who waits for the answer to which id.
type Waiting = Arc<Mutex<HashMap<Bytes, oneshot::Sender<usize>>>>;

/// A client; its tasks end with its process.
pub(crate) struct ZeroMq {
    outgoing: mpsc::Sender<ZmqMessage>,
    waiting: Waiting,
    next: AtomicU64,
    body: Bytes,
}

impl Rpc for ZeroMq {
    async fn serve(ready: fn(SocketAddr), _: usize) -> Result<()> {
        let mut router = RouterSocket::new();
        let Endpoint::Tcp(_, port) = router.bind("tcp://127.0.0.1:0").await? else {
            anyhow::bail!("bound something else than TCP");
        };
        ready((Ipv4Addr::LOCALHOST, port).into());
        let (mut sending, mut receiving) = router.split();
        loop {
            let frames = receiving.recv().await?.into_vec();
            let [peer, id, _, _, headers, body] =
                <[Bytes; 6]>::try_from(frames).ok().context("not the frames of a request")?;
            let kind = Bytes::from_static(b"REP");
            let reply = vec![peer, id.clone(), kind, id, headers, body];
            sending.send(message(reply)).await?;
        }
    }

    async fn connect(server: SocketAddr, payload: Payload) -> Result<Self> {
        let mut dealer = DealerSocket::new();
        dealer.connect(&format!("tcp://{server}")).await?;
        let (mut sending, receiving) = dealer.split();
        let (outgoing, mut queue) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                sending.send(message).await?;
            }
            anyhow::Ok(())
        });
        let waiting = Waiting::default();
        tokio::spawn(receive(receiving, Arc::clone(&waiting)));
        Ok(Self { outgoing, waiting, next: AtomicU64::new(0), body: payload.bytes() })
    }

    async fn call(&self) -> Result<()> {
        // 32 characters, as lymph's ids have.
        let id = Bytes::from(format!("{:032x}", self.next.fetch_add(1, Ordering::Relaxed)));
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().expect("nobody panics").insert(id.clone(), answer);
        let subject = Bytes::from_static(b"Bench.echo");
        let kind = Bytes::from_static(b"REQ");
        let frames = vec![id, kind, subject, Bytes::from_static(HEADERS), self.body.clone()];
        self.outgoing.send(message(frames)).await?;
        let bytes = answered.await.context("the connection ended")?;
        ensure!(bytes == self.body.len(), "{bytes} bytes came back");
        Ok(())
    }
}

/// Tells each caller of its answer.
async fn receive(mut socket: DealerRecvHalf, waiting: Waiting) -> Result<()> {
    loop {
        let frames = socket.recv().await?.into_vec();
        let [_, _, id, _, body] = <[Bytes; 5]>::try_from(frames).ok().context("not the frames of a reply")?;
        let caller = waiting.lock().expect("nobody panics").remove(&id);
        caller.context("an answer nobody waits for")?.send(body.len()).ok().context("a caller left")?;
    }
}

/// Frames, of which there are some.
fn message(frames: Vec<Bytes>) -> ZmqMessage {
    ZmqMessage::try_from(frames).ok().expect("five frames or six")
}
