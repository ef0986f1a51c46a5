//! The ZMTP transport beside libzmq, on the two sockets that Python lymph uses.

use anyhow::{Context, Result, ensure};
use lymph::testing::{Inbox, Received};
use lymph::transport::Transport;
use lymph::transport::zmtp::Zmtp;
use lymph::{Endpoint, Headers, Message, MessageType, codec, new_id};
use lymph_tests::{PATIENCE, PythonEnv, Script, eventually, free_port};
use serde_json::json;
use tokio::time::timeout;

/// Messages in one direction, many more than any queue of the sockets beneath holds.
const MANY: usize = 3000;

/// A running `router.py`.
struct Router {
    script: Script,
    endpoint: Endpoint,
}

impl Router {
    async fn start(python: &PythonEnv, port: u16) -> Result<Self> {
        let script = Script::start(python, "router.py", &[&port.to_string()])?;
        let mut router = Self { script, endpoint: Endpoint::new(format!("tcp://127.0.0.1:{port}")) };
        ensure!(router.next().await? == [router.endpoint.as_str()]);
        Ok(router)
    }

    /// `[source, id, type, subject]` of the next message it received.
    async fn next(&mut self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.script.next().await?)?)
    }

    async fn request(&mut self, peer: &Endpoint, id: &str) -> Result<()> {
        self.script.tell(json!([peer.as_str(), id, "REQ", "Echo.echo"])).await
    }
}

async fn bind() -> Result<(Zmtp, Inbox)> {
    let transport = Zmtp::bind([127, 0, 0, 1].into(), None).await?;
    let inbox = Inbox::of(&transport);
    Ok((transport, inbox))
}

fn message(kind: MessageType, subject: &str) -> Message {
    let mut headers = Headers::new();
    headers.insert("trace_id", "abc");
    Message { id: new_id(), kind, subject: subject.into(), headers, body: codec::to_bytes(&()) }
}

async fn next(inbox: &mut Inbox) -> Result<Received> {
    timeout(PATIENCE, inbox.recv()).await?.context("the inbox ended")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn libzmq_calls_and_is_called() -> Result<()> {
    let python = PythonEnv::get().await?;
    let mut router = Router::start(&python, free_port()?).await?;
    let (transport, mut inbox) = bind().await?;

    let request = message(MessageType::Req, "Echo.echo");
    transport.send_message(&router.endpoint, &request)?;
    let own = transport.endpoint().as_str();
    ensure!(router.next().await? == [own, &*request.id, "REQ", "Echo.echo"]);
    let reply = next(&mut inbox).await?;
    ensure!(*reply.peer.endpoint() == router.endpoint, "{reply:?}");
    ensure!((reply.message.kind, &reply.message.subject) == (MessageType::Rep, &request.id), "{reply:?}");
    ensure!(reply.message.headers.get_str("trace_id") == Some("abc"), "{reply:?}");

    router.request(transport.endpoint(), "theirs").await?;
    let request = next(&mut inbox).await?;
    ensure!(&*request.message.id == "theirs", "{request:?}");
    transport.send_message(request.peer.endpoint(), &message(MessageType::Rep, "theirs"))?;
    ensure!(router.next().await?[2..] == ["REP", "theirs"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_messages_arrive_in_order_and_closing_loses_none() -> Result<()> {
    let python = PythonEnv::get().await?;
    let mut router = Router::start(&python, free_port()?).await?;
    let (transport, mut inbox) = bind().await?;
    for index in 0..MANY {
        transport.send_message(&router.endpoint, &message(MessageType::Req, &format!("Echo.m{index}")))?;
    }
    for index in 0..MANY {
        ensure!(router.next().await?[3] == format!("Echo.m{index}"));
        next(&mut inbox).await?;
    }
    for index in 0..MANY {
        transport.send_message(&router.endpoint, &message(MessageType::Rep, &format!("{index}")))?;
    }
    transport.close(PATIENCE).await;
    drop((transport, inbox));
    for index in 0..MANY {
        ensure!(router.next().await?[3] == format!("{index}"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_was_killed_is_reached_again_on_its_port() -> Result<()> {
    let python = PythonEnv::get().await?;
    let port = free_port()?;
    let (transport, mut inbox) = bind().await?;
    for round in 0..4 {
        let mut router = Router::start(&python, port).await?;
        // It reaches us under an identity that was known before.
        router.request(transport.endpoint(), &format!("{round}")).await?;
        let received = next(&mut inbox).await?;
        ensure!(*received.message.id == format!("{round}"), "{received:?}");
        // And we reach it, once we have seen that it is back.
        let answer = message(MessageType::Rep, &format!("{round}"));
        eventually(PATIENCE, || async { Ok(transport.send_message(received.peer.endpoint(), &answer)?) })
            .await?;
        ensure!(router.next().await?[3] == format!("{round}"));
        router.script.kill().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_may_restart_on_our_port() -> Result<()> {
    let python = PythonEnv::get().await?;
    let mut router = Router::start(&python, free_port()?).await?;
    let port = free_port()?;
    for round in 0..4 {
        let bound =
            eventually(PATIENCE, || async { Ok(Zmtp::bind([127, 0, 0, 1].into(), Some(port)).await?) });
        let transport = bound.await?;
        let mut inbox = Inbox::of(&transport);
        let request = message(MessageType::Req, &format!("Echo.m{round}"));
        transport.send_message(&router.endpoint, &request)?;
        ensure!(router.next().await?[3] == format!("Echo.m{round}"));
        ensure!(next(&mut inbox).await?.message.subject == request.id);
        transport.close(PATIENCE).await;
    }
    Ok(())
}
