//! An exact number of calls with client and server in one process, for whoever counts instructions.
//!
//! What a process does before its first call and after its last is in every count; two counts of different
//! numbers of calls differ by calls alone.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use lymph::hub::Hub;
use lymph::testing::Cluster;
use tokio::task::JoinSet;

use crate::generated::bench::BenchServer;
use crate::payload::Payload;
use crate::subject::Rpc;
use crate::subjects::lymph::{Echo, Lymph, asleep};

/// One way of calling.
struct Scenario {
    name: &'static str,
    payload: Payload,
    over: Over,
    in_flight: usize,
}

/// What is between client and server.
enum Over {
    /// Nothing that the kernel knows of.
    Memory,
    /// Sockets on 127.0.0.1, which both ends have in one thread.
    Loopback,
}

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "memory small x1", payload: Payload::Small, over: Over::Memory, in_flight: 1 },
    Scenario { name: "memory order x1", payload: Payload::Order, over: Over::Memory, in_flight: 1 },
    Scenario { name: "loopback small x1", payload: Payload::Small, over: Over::Loopback, in_flight: 1 },
    Scenario { name: "loopback order x1", payload: Payload::Order, over: Over::Loopback, in_flight: 1 },
    Scenario { name: "loopback small x64", payload: Payload::Small, over: Over::Loopback, in_flight: 64 },
    Scenario { name: "loopback order x64", payload: Payload::Order, over: Over::Loopback, in_flight: 64 },
    Scenario { name: "loopback blob x1", payload: Payload::Blob, over: Over::Loopback, in_flight: 1 },
];

/// What [`run`] takes, in the order of the file that keeps the counts.
pub(crate) fn names() -> Vec<&'static str> {
    SCENARIOS.iter().map(|scenario| scenario.name).collect()
}

/// Makes so many calls in all.
pub(crate) async fn run(name: &str, calls: usize) -> Result<()> {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name);
    let scenario = scenario.with_context(|| format!("no scenario `{name}`"))?;
    let server = BenchServer::new(Echo);
    match scenario.over {
        Over::Memory => {
            let cluster = Cluster::new();
            let _server = cluster.container("server").serve(server).start().await?;
            let client = cluster.container("client").start().await?;
            call(Lymph::on(client, scenario.payload), scenario.in_flight, calls).await
        }
        Over::Loopback => {
            let hub = Hub::bind((Ipv4Addr::LOCALHOST, 0).into()).await?;
            // Who waits awake does so by the clock, which no two runs agree on.
            let _server = asleep(hub.addr())?.serve(server).start().await?;
            let client = asleep(hub.addr())?.start().await?;
            call(Lymph::on(client, scenario.payload), scenario.in_flight, calls).await
        }
    }
}

async fn call(client: Lymph, in_flight: usize, calls: usize) -> Result<()> {
    let (client, left) = (Arc::new(client), Arc::new(AtomicUsize::new(calls)));
    let mut callers = JoinSet::new();
    for _ in 0..in_flight {
        let (client, left) = (Arc::clone(&client), Arc::clone(&left));
        callers.spawn(async move {
            let one_less = |left: usize| left.checked_sub(1);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
                client.call().await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(())
}
