//! tarpc over TCP, with bincode.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, ensure};
use bytes::Bytes;
use futures_util::StreamExt;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Bincode;
use tarpc::{client, context, serde_transport};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::LengthDelimitedCodec;

use crate::payload::{Order, Payload, order};
use crate::subject::Rpc;

#[tarpc::service]
trait Bench {
    async fn echo(data: Bytes) -> Bytes;
    async fn store(order: Order) -> Order;
}

#[derive(Clone)]
struct Server;

impl Bench for Server {
    async fn echo(self, _: context::Context, data: Bytes) -> Bytes {
        data
    }

    async fn store(self, _: context::Context, order: Order) -> Order {
        order
    }
}

/// A client, with what it sends.
pub(crate) struct Tarpc {
    client: BenchClient,
    request: Request,
}

enum Request {
    Echo(Bytes),
    Store(Order),
}

impl Rpc for Tarpc {
    async fn serve(ready: fn(SocketAddr), _: usize) -> Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        ready(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let transport =
                serde_transport::new(LengthDelimitedCodec::builder().new_framed(stream), Bincode::default());
            let requests = BaseChannel::with_defaults(transport).execute(Server.serve());
            tokio::spawn(requests.for_each(|request| async {
                tokio::spawn(request);
            }));
        }
    }

    async fn connect(server: SocketAddr, payload: Payload) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let transport =
            serde_transport::new(LengthDelimitedCodec::builder().new_framed(stream), Bincode::default());
        let request = match payload {
            Payload::Order => Request::Store(order()),
            Payload::Small | Payload::Blob => Request::Echo(payload.bytes()),
        };
        Ok(Self { client: BenchClient::new(client::Config::default(), transport).spawn(), request })
    }

    async fn call(&self) -> Result<()> {
        match &self.request {
            Request::Echo(data) => {
                let answer = self.client.echo(context::current(), data.clone()).await?;
                ensure!(answer.len() == data.len(), "{} bytes came back", answer.len());
            }
            Request::Store(order) => {
                let answer = self.client.store(context::current(), order.clone()).await?;
                ensure!(answer.id == order.id, "order {} came back", answer.id);
            }
        }
        Ok(())
    }
}
