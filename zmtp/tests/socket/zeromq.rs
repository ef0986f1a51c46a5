//! Beside the crate `zeromq`, which shares no code with us.

use std::time::Duration;

use bytes::Bytes;
use lymph_zmtp::{Endpoint, Frame, Options};
use tokio::time::timeout;
use zeromq::{
    DealerSocket, RepSocket, ReqSocket, RouterSocket, Socket, SocketRecv, SocketSend, ZmqMessage, ZmqResult,
};

use crate::{Node, PATIENCE, frames, send};

const MANY: usize = 100;

fn message(frames: &[&str]) -> ZmqMessage {
    let frames: Vec<Bytes> = frames.iter().map(|frame| frame.to_string().into()).collect();
    frames.try_into().expect("it has frames")
}

async fn recv(socket: &mut impl SocketRecv) -> ZmqResult<Vec<String>> {
    let message = timeout(PATIENCE, socket.recv()).await.expect("nothing came")?;
    Ok(message.into_vec().iter().map(|frame| String::from_utf8_lossy(frame).into_owned()).collect())
}

#[tokio::test]
async fn their_dealer_asks_our_router() -> ZmqResult<()> {
    let mut node = Node::new();
    let mut dealer = DealerSocket::new();
    dealer.connect(&node.endpoint.to_string()).await?;
    for count in 0..MANY {
        dealer.send(message(&["ask", &count.to_string()])).await?;
    }
    for count in 0..MANY {
        let (peer, asked) = node.message().await;
        assert_eq!(frames(&asked), ["ask", &count.to_string()]);
        send(&peer, &[b"answer", count.to_string().as_bytes()]);
    }
    for count in 0..MANY {
        assert_eq!(recv(&mut dealer).await?, ["answer", &count.to_string()]);
    }
    Ok(())
}

#[tokio::test]
async fn their_req_asks_our_router() -> ZmqResult<()> {
    let mut node = Node::new();
    let mut req = ReqSocket::new();
    req.connect(&node.endpoint.to_string()).await?;
    for _ in 0..3 {
        req.send(message(&["ask"])).await?;
        let (peer, asked) = node.message().await;
        assert_eq!(frames(&asked), ["", "ask"]);
        send(&peer, &[b"", b"answer"]);
        assert_eq!(recv(&mut req).await?, ["answer"]);
    }
    Ok(())
}

async fn bind(socket: &mut impl Socket, endpoint: &str) -> Endpoint {
    let bound = socket.bind(endpoint).await.expect("the port is free");
    bound.to_string().parse().expect("it is one")
}

/// A ROUTER that ends takes its listener with it, so its port is free for the next.
#[tokio::test]
async fn our_dealer_asks_their_router_also_after_it_restarted() -> ZmqResult<()> {
    let mut node = Node::with(Options { heartbeat: Duration::from_millis(50), ..Options::default() });
    let mut router = RouterSocket::new();
    let endpoint = bind(&mut router, "tcp://127.0.0.1:0").await;
    for round in 0..3 {
        let peer = node.socket.dial(&endpoint).expect("there is room");
        let sent = async {
            while peer.send(&[Frame::Copied(b"0")]).is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, sent).await.expect("never reached again");
        for count in 1..MANY {
            send(&peer, &[count.to_string().as_bytes()]);
        }
        for count in 0..MANY {
            let asked = recv(&mut router).await?;
            assert_eq!(asked, [node.endpoint.to_string(), count.to_string()], "round {round}");
            router.send(message(&[&asked[0], "answer"])).await?;
        }
        for _ in 0..MANY {
            assert_eq!(frames(&node.message().await.1), ["answer"]);
        }
        router.close().await;
        node.disconnected().await;
        router = RouterSocket::new();
        bind(&mut router, &endpoint.to_string()).await;
    }
    Ok(())
}

#[tokio::test]
async fn our_dealer_asks_their_rep() -> ZmqResult<()> {
    let mut node = Node::new();
    let mut rep = RepSocket::new();
    let endpoint = bind(&mut rep, "tcp://127.0.0.1:0").await;
    for _ in 0..3 {
        node.send(&endpoint, &[b"", b"ask"]);
        assert_eq!(recv(&mut rep).await?, ["ask"]);
        rep.send(message(&["answer"])).await?;
        assert_eq!(frames(&node.message().await.1), ["", "answer"]);
    }
    Ok(())
}
