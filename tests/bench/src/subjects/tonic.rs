//! tonic with prost: gRPC over HTTP/2.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, ensure};
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

use crate::payload::{self, ORDER_BYTES, Payload};
use crate::subject::Rpc;
use proto::bench_client::BenchClient;
use proto::bench_server::{Bench, BenchServer};

/// Generated from `schemas/bench.proto`.
#[allow(clippy::all, unreachable_pub)]
pub(crate) mod proto {
    tonic::include_proto!("bench");
}

/// HTTP/2 streams of one connection; without it only 200 calls are under way at once.
const STREAMS: u32 = 1024;

struct Server;

#[tonic::async_trait]
impl Bench for Server {
    async fn echo(&self, request: Request<proto::Data>) -> Result<Response<proto::Data>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn store(&self, request: Request<proto::Order>) -> Result<Response<proto::Order>, Status> {
        Ok(Response::new(request.into_inner()))
    }
}

/// A client, with what it sends.
pub(crate) struct Tonic {
    client: BenchClient<Channel>,
    message: Message,
}

enum Message {
    Data(proto::Data),
    Order(proto::Order),
}

impl Rpc for Tonic {
    async fn serve(ready: fn(SocketAddr), _: usize) -> Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        ready(listener.local_addr()?);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let mut server = tonic::transport::Server::builder().max_concurrent_streams(STREAMS);
        server.add_service(BenchServer::new(Server)).serve_with_incoming(incoming).await?;
        Ok(())
    }

    async fn connect(server: SocketAddr, payload: Payload) -> Result<Self> {
        let channel = Endpoint::from_shared(format!("http://{server}"))?.tcp_nodelay(true).connect().await?;
        let message = match payload {
            Payload::Order => {
                let order = order();
                ensure!(order.encoded_len() == ORDER_BYTES, "the order has {} bytes", order.encoded_len());
                Message::Order(order)
            }
            Payload::Small | Payload::Blob => Message::Data(proto::Data { data: payload.bytes() }),
        };
        Ok(Self { client: BenchClient::new(channel), message })
    }

    async fn call(&self) -> Result<()> {
        // A call takes the client by `&mut`; clones are how several share a connection.
        let mut client = self.client.clone();
        match &self.message {
            Message::Data(data) => {
                let answer = client.echo(data.clone()).await?.into_inner();
                ensure!(answer.data.len() == data.data.len(), "{} bytes came back", answer.data.len());
            }
            Message::Order(order) => {
                let answer = client.store(order.clone()).await?.into_inner();
                ensure!(answer.id == order.id, "order {} came back", answer.id);
            }
        }
        Ok(())
    }
}

/// The order in protobuf's type.
pub(crate) fn order() -> proto::Order {
    let order = payload::order();
    let line = |line: payload::Line| proto::Line {
        article: line.article,
        title: line.title,
        count: line.count,
        price_cents: line.price_cents,
    };
    proto::Order {
        id: order.id,
        customer: order.customer,
        reference: order.reference,
        name: order.name,
        email: order.email,
        street: order.street,
        town: order.town,
        country: order.country,
        postcode: order.postcode,
        phone: order.phone,
        notes: order.notes,
        currency: order.currency,
        total_cents: order.total_cents,
        tax_cents: order.tax_cents,
        weight_grams: order.weight_grams,
        discount: order.discount,
        paid: order.paid,
        express: order.express,
        tags: order.tags,
        lines: order.lines.into_iter().map(line).collect(),
    }
}
