//! lymph: what a schema generates, on the hub and over TCP, as a user of one machine has it.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, ensure};
use bytes::Bytes;
use lymph::container::Running;
use lymph::hub::Hub;
use lymph::{Container, Context, Fault};

use crate::generated::bench::{self, Bench, BenchClient, BenchServer};
use crate::payload::{self, Payload};
use crate::subject::Rpc;

/// Answers with what it was asked.
pub(crate) struct Echo;

impl Bench for Echo {
    async fn echo(&self, _: &Context, request: bench::EchoRequest) -> Result<Bytes, Fault> {
        Ok(request.data)
    }

    async fn store(&self, _: &Context, request: bench::StoreRequest) -> Result<bench::Order, Fault> {
        Ok(request.order)
    }
}

/// A client, with what it sends.
pub(crate) struct Lymph {
    client: BenchClient,
    request: Request,
    /// What the client stands on.
    _running: Running,
}

enum Request {
    Echo(Bytes),
    Store(bench::Order),
}

impl Rpc for Lymph {
    async fn serve(ready: fn(SocketAddr), threads: usize) -> Result<()> {
        let settings = if threads == 1 { String::new() } else { format!("threads: {threads}") };
        serve(ready, &settings).await
    }

    /// The threads for its connections are its own.
    fn server_runtime(_: usize) -> usize {
        1
    }

    /// The server's process hosts the hub as well, which a client needs once.
    async fn connect(hub: SocketAddr, payload: Payload) -> Result<Self> {
        Ok(Self::on(on_hub(hub, "")?.start().await?, payload))
    }

    async fn call(&self) -> Result<()> {
        match &self.request {
            Request::Echo(data) => {
                let answer = self.client.echo(data).await?;
                ensure!(answer.len() == data.len(), "{} bytes came back", answer.len());
            }
            Request::Store(order) => {
                let answer = self.client.store(order).await?;
                ensure!(answer.id == order.id, "order {} came back", answer.id);
            }
        }
        Ok(())
    }
}

/// The same where connections do not wait awake.
pub(crate) struct Asleep(Lymph);

const ASLEEP: &str = "busy_poll_micros: 0";

impl Rpc for Asleep {
    async fn serve(ready: fn(SocketAddr), _: usize) -> Result<()> {
        serve(ready, ASLEEP).await
    }

    async fn connect(hub: SocketAddr, payload: Payload) -> Result<Self> {
        Ok(Self(Lymph::on(asleep(hub)?.start().await?, payload)))
    }

    async fn call(&self) -> Result<()> {
        self.0.call().await
    }
}

/// Serves on a hub of its own, with these settings of its container.
async fn serve(ready: fn(SocketAddr), settings: &str) -> Result<()> {
    let hub = Hub::bind((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let _running = on_hub(hub.addr(), settings)?.serve(BenchServer::new(Echo)).start().await?;
    ready(hub.addr());
    hub.run().await;
    Ok(())
}

/// A container whose connections do not wait awake.
pub(crate) fn asleep(hub: SocketAddr) -> Result<Container> {
    on_hub(hub, ASLEEP)
}

fn on_hub(address: SocketAddr, settings: &str) -> Result<Container> {
    let registry = format!("registry: {{class: hub, address: \"{address}\"}}");
    let settings = if settings.is_empty() { registry } else { format!("{settings}, {registry}") };
    Ok(Container::from_config(&format!("container: {{{settings}}}").parse()?))
}

impl Lymph {
    /// A client of `running`, whose cluster has the server.
    pub(crate) fn on(running: Running, payload: Payload) -> Self {
        let request = match payload {
            Payload::Order => Request::Store(order()),
            Payload::Small | Payload::Blob => Request::Echo(payload.bytes()),
        };
        Self { client: BenchClient::new(&running), request, _running: running }
    }
}

/// The order in the generated type.
pub(crate) fn order() -> bench::Order {
    let order = payload::order();
    let line = |line: payload::Line| bench::Line::new(line.article, line.title, line.count, line.price_cents);
    bench::Order::new(
        order.id,
        order.customer,
        order.reference,
        order.name,
        order.email,
        order.street,
        order.town,
        order.country,
        order.postcode,
        order.phone,
        order.notes,
        order.currency,
        order.total_cents,
        order.tax_cents,
        order.weight_grams,
        order.discount,
        order.paid,
        order.express,
        order.tags,
        order.lines.into_iter().map(line).collect::<Vec<_>>(),
    )
}
