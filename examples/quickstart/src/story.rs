//! Starts everything, makes the call, and tells it step by step.
#![allow(clippy::print_stdout, reason = "this program talks to people")]

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use lymph::hub::Hub;
use lymph::{CallError, Container};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::services::greeting::{GreetError, GreetingClient};

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole story; ends every process it started.
pub(crate) async fn tell() -> anyhow::Result<()> {
    let hub = Hub::bind("127.0.0.1:0".parse()?).await.context("cannot start the hub")?;
    let address = hub.addr();
    println!("lymph quickstart: two services, one call, one event; nothing installed\n");
    println!("1. The hub listens on {address}: registry and events for this machine.");

    let (mut greeting, _) = start("Greeting", &address.to_string())?;
    let (mut listen, mut heard) = start("Listen", &address.to_string())?;
    let caller = Container::on_hub(address).start().await?;
    for (number, (name, process)) in [(2, ("Greeting", &greeting)), (3, ("Listen", &listen))] {
        let endpoint = registered(&caller, name).await?;
        let pid = process.id().context("the process ended early")?;
        println!("{number}. {name} runs as process {pid}, takes calls at {endpoint}, and is registered.");
    }

    let client = GreetingClient::new(&caller);
    let started = Instant::now();
    let answer = client.greet("Joe").timeout(PATIENCE).await?;
    println!("4. greet(\"Joe\") over ZeroMQ answered \"{answer}\" in {:.1?}.", started.elapsed());
    let line = timeout(PATIENCE, heard.next_line()).await.context("the event did not arrive")??;
    println!("5. Listen got the event and says: {}", line.context("Listen ended early")?);
    match client.greet("").await {
        Err(CallError::Failed(GreetError::EmptyName(error))) => {
            println!("6. greet(\"\") fails as the schema declares: EmptyName, \"{error}\".");
        }
        other => anyhow::bail!("greet(\"\") should have failed with EmptyName, got {other:?}"),
    }

    caller.drain().await?;
    tokio::try_join!(stop(&mut greeting, "Greeting"), stop(&mut listen, "Listen"))?;
    hub.shutdown().await;
    println!("7. Both services drained and stopped.\n");
    println!("{NEXT}");
    Ok(())
}

const NEXT: &str = "\
Try next:
  schemas/greeting.lymph                    the interface all of this was generated from
  examples/quickstart/src/services.rs       the two services
  cargo run -q -p lymph-cli --bin lymph -- node
                                            a hub of your own; then, in other terminals:
  export LYMPH_NODE_CONFIG=examples/conf/hub.yml
  cargo run -q -p greeting -- instance --config examples/conf/greeting.yml
  cargo run -q -p lymph-cli --bin lymph -- request Greeting.greet '{\"name\": \"Joe\"}'";

/// This program once more, as the process of one service.
fn start(service: &str, hub: &str) -> anyhow::Result<(Child, Lines<BufReader<ChildStdout>>)> {
    let mut process = Command::new(std::env::current_exe()?)
        .args(["serve", service, hub])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {service}"))?;
    let output = process.stdout.take().context("stdout is piped")?;
    Ok((process, BufReader::new(output).lines()))
}

/// The endpoint of `interface`, as soon as the registry knows one.
async fn registered(caller: &lymph::Running, interface: &str) -> anyhow::Result<String> {
    let mut instances = caller.handle().registry().watch(interface).await?;
    let found = timeout(PATIENCE, instances.wait_for(|instances| !instances.is_empty())).await;
    let instances = found.with_context(|| format!("{interface} did not register in time"))??;
    Ok(instances[0].endpoint.clone())
}

async fn stop(process: &mut Child, name: &str) -> anyhow::Result<()> {
    let pid = process.id().with_context(|| format!("{name} ended early"))?;
    let sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
    anyhow::ensure!(sent.success(), "cannot stop {name}");
    let status =
        timeout(PATIENCE, process.wait()).await.with_context(|| format!("{name} did not stop"))??;
    anyhow::ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
