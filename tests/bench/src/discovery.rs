//! What discovery costs ZooKeeper, in requests that it counted itself.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lymph::registry::zookeeper::{Settings, ZooKeeperRegistry};
use lymph::registry::{Instance, Instances, Registry};
use lymph::{Endpoint, Version};
use lymph_tests::{ZooKeeper, eventually};
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::args::Plan;

const INTERFACE: &str = "bench";

/// How long all callers may take to know of a change.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long nothing is done, to learn what sessions cost that only stay alive.
const IDLE: Duration = Duration::from_secs(3);

/// What was counted.
#[derive(Debug, Serialize)]
pub(crate) struct Discovery {
    /// Sessions that follow the interface.
    pub(crate) callers: usize,
    /// Instances before one more came.
    pub(crate) instances: u16,
    /// Requests of one caller that looks the interface up for the first time.
    pub(crate) requests_per_lookup: f64,
    /// Requests of all callers together, and of the instance itself, when one comes.
    pub(crate) requests_per_instance: f64,
    /// Likewise when it goes.
    pub(crate) requests_per_departure: f64,
    /// From registering to the last caller knowing it.
    pub(crate) known_after_millis: f64,
    /// Requests of all sessions together, per second, when nothing changes.
    pub(crate) idle_per_second: f64,
}

/// Starts a ZooKeeper and counts on it.
pub(crate) async fn run(plan: &Plan) -> Result<Option<Discovery>> {
    if !plan.wants("discovery") {
        return Ok(None);
    }
    let server = ZooKeeper::start().await?;
    let settings = || Settings::new(&server.addr().to_string());
    let services = ZooKeeperRegistry::connect(settings())?;
    for number in 0..plan.instances {
        services.register(INTERFACE, instance(number)).await?;
    }
    let counter = Counter { server: server.addr() };
    let known = usize::from(plan.instances);

    let before = counter.requests().await?;
    let mut callers = Vec::new();
    for _ in 0..plan.callers {
        let caller = ZooKeeperRegistry::connect(settings())?;
        let instances = caller.watch(INTERFACE).await?;
        callers.push((caller, instances));
    }
    everybody_knows(&callers, known).await?;
    let looked_up = counter.requests().await? - before;

    let before = counter.requests().await?;
    sleep(IDLE).await;
    let idle_per_second = (counter.requests().await? - before) as f64 / IDLE.as_secs_f64();

    let newcomer = instance(plan.instances);
    let id = newcomer.id.clone();
    let (before, began) = (counter.requests().await?, Instant::now());
    services.register(INTERFACE, newcomer).await?;
    everybody_knows(&callers, known + 1).await?;
    let known_after = began.elapsed();
    let came = counter.requests().await? - before;
    let came = came as f64 - idle_per_second * began.elapsed().as_secs_f64();

    let (before, began) = (counter.requests().await?, Instant::now());
    services.deregister(INTERFACE, &id).await?;
    everybody_knows(&callers, known).await?;
    let went = counter.requests().await? - before;
    let went = went as f64 - idle_per_second * began.elapsed().as_secs_f64();

    let discovery = Discovery {
        callers: plan.callers,
        instances: plan.instances,
        requests_per_lookup: looked_up as f64 / plan.callers as f64,
        requests_per_instance: came,
        requests_per_departure: went,
        known_after_millis: known_after.as_secs_f64() * 1e3,
        idle_per_second,
    };
    eprintln!("discovery: {discovery:?}");
    Ok(Some(discovery))
}

fn instance(number: u16) -> Instance {
    let endpoint = Endpoint::new(format!("tcp://127.0.0.1:{}", 10_000 + number));
    Instance::new(INTERFACE, Some(Version::new(1, 0, 0)), &endpoint)
}

async fn everybody_knows(callers: &[(ZooKeeperRegistry, Instances)], instances: usize) -> Result<()> {
    eventually(PATIENCE, || async {
        let ignorant = callers.iter().filter(|(_, known)| known.borrow().len() != instances).count();
        ensure!(ignorant == 0, "{ignorant} callers do not know {instances} instances");
        Ok(())
    })
    .await
}

/// Asks ZooKeeper what it received.
struct Counter {
    server: SocketAddr,
}

impl Counter {
    /// Packets since its start, without those of this question.
    async fn requests(&self) -> Result<u64> {
        let mut stream = TcpStream::connect(self.server).await?;
        stream.write_all(b"mntr").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let number = answer.lines().find_map(|line| line.strip_prefix("zk_packets_received"));
        Ok(number.context("`mntr` does not tell of packets")?.trim().parse()?)
    }
}
