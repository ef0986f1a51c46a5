//! Our sockets beside those of libzmq, each type that ours talk to, from either side.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lymph_tests::{PATIENCE, PythonEnv, Script};
use lymph_zmtp::{
    Config, Frame, Handler, Listener, Multipart, Options, Pace, Peer, PeerInfo, Receiver, Remote, Socket,
    SocketType,
};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;

const MANY: usize = 100;

/// Answers whoever connects; passes on what dialed peers say.
struct Echo {
    said: mpsc::UnboundedSender<Multipart>,
}

struct Echoing {
    peer: Peer,
    said: mpsc::UnboundedSender<Multipart>,
}

impl Handler for Echo {
    type Receiver = Echoing;

    fn connected(&self, peer: &Peer, _: &PeerInfo) -> Result<Echoing, String> {
        Ok(Echoing { peer: peer.clone(), said: self.said.clone() })
    }
}

impl Receiver for Echoing {
    fn message(&mut self, message: Multipart) -> Pace {
        if matches!(self.peer.remote(), Remote::Dialed(_)) {
            _ = self.said.send(message);
        } else {
            let answer = message.frames().map(|frame| if frame == b"ask" { b"answer" } else { frame });
            let frames: Vec<_> = answer.map(Frame::Copied).collect();
            self.peer.send(&frames).expect("there is room");
        }
        Pace::Steady
    }
}

struct Ours {
    socket: Socket<Echo>,
    said: mpsc::UnboundedReceiver<Multipart>,
}

/// Asks for a sign of life more often than the other side speaks.
fn ours() -> Ours {
    let (sender, said) = mpsc::unbounded_channel();
    let options = Options { heartbeat: Duration::from_millis(20), ..Options::default() };
    let listening = Config::new(SocketType::Router, "ours");
    let mut dialing = Config::new(SocketType::Dealer, "ours");
    dialing.properties.insert("X-Lymph", "answers");
    let socket = Socket::new(listening, options, Echo { said: sender }).dialing_as(dialing);
    Ours { socket, said }
}

/// A `sockets.py` that was started with these.
async fn theirs(args: &[&str; 4]) -> Result<Script> {
    Script::start(&PythonEnv::get().await?, "sockets.py", args)
}

/// What it says at its end.
async fn result(mut theirs: Script) -> Result<Value> {
    let result = theirs.next().await?;
    ensure!(result["messages"] == MANY, "{result}");
    Ok(result)
}

async fn they_ask(socket_type: &str) -> Result<()> {
    let ours = ours();
    let listener = Listener::bind(&"tcp://127.0.0.1:0".parse()?)?;
    let endpoint = listener.endpoint().to_string();
    ours.socket.listen(listener);
    result(theirs(&[socket_type, "connect", &endpoint, "ours"]).await?).await?;
    Ok(())
}

#[tokio::test]
async fn their_dealer_asks_our_router() -> Result<()> {
    they_ask("DEALER").await
}

#[tokio::test]
async fn their_router_asks_our_router() -> Result<()> {
    they_ask("ROUTER").await
}

#[tokio::test]
async fn their_req_asks_our_router() -> Result<()> {
    they_ask("REQ").await
}

/// We ask; what comes before a question comes before its answer. Returns what they know of us.
async fn they_answer(socket_type: &str, head: &[Frame<'_>]) -> Result<Value> {
    let mut ours = ours();
    let mut theirs = theirs(&[socket_type, "bind", "tcp://127.0.0.1:0", ""]).await?;
    let endpoint = theirs.next().await?;
    let endpoint = endpoint.as_str().context("no endpoint")?.parse()?;
    for number in 0..MANY {
        let number = number.to_string();
        let question = [head, &[Frame::Copied(b"ask"), Frame::Copied(number.as_bytes())]].concat();
        ours.socket.send(&endpoint, None, &question)?;
        let answer = timeout(PATIENCE, ours.said.recv()).await?.context("the socket goes on")?;
        let expected = [&b"answer"[..], number.as_bytes()];
        ensure!(answer.frames().skip(head.len()).eq(expected), "{answer:?} came for {number}");
    }
    result(theirs).await
}

#[tokio::test]
async fn our_dealer_asks_their_router_which_knows_us() -> Result<()> {
    let known = they_answer("ROUTER", &[]).await?;
    ensure!(known["identity"] == "ours" && known["lymph"] == "answers", "{known}");
    Ok(())
}

#[tokio::test]
async fn our_dealer_asks_their_dealer() -> Result<()> {
    they_answer("DEALER", &[]).await?;
    Ok(())
}

#[tokio::test]
async fn our_dealer_asks_their_rep() -> Result<()> {
    they_answer("REP", &[Frame::Copied(b"")]).await?;
    Ok(())
}
