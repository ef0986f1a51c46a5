//! How a service ends: in order at the first signal, at once at the second.

use anyhow::{Result, ensure};
use lymph::hub::Hub;
use lymph::registry::Registry;
use lymph_tests::{PATIENCE, Peer, RustEnv};

/// A hub in this process and the `echo` service on it.
async fn echo_on_a_hub() -> Result<(Hub, Peer)> {
    let hub = Hub::bind("127.0.0.1:0".parse()?).await?;
    let address = hub.addr();
    let node = format!(
        "container:\n  registry: {{class: hub, address: {address}}}\n  events: {{class: hub, address: {address}}}\n"
    );
    let echo = RustEnv::get().await?.instance_of("echo", &node).await?;
    Ok((hub, echo))
}

#[tokio::test]
async fn the_first_signal_drains() -> Result<()> {
    let (hub, mut echo) = echo_on_a_hub().await?;
    let registry = lymph::hub::HubRegistry::connect(hub.addr()).await?;
    let mut instances = registry.watch("echo").await?;
    tokio::time::timeout(PATIENCE, instances.wait_for(|all| all.len() == 2)).await??;
    echo.signal("TERM")?;
    tokio::time::timeout(PATIENCE, instances.wait_for(|all| all.is_empty())).await??;
    let ended = echo.output(PATIENCE).await?;
    ensure!(ended.code == 0, "{ended:?}");
    ensure!(ended.stderr.contains("stopped answered=0 lost=0"), "{}", ended.stderr);
    registry.close().await;
    hub.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn the_second_signal_stops_at_once_and_says_what_was_lost() -> Result<()> {
    let (hub, mut echo) = echo_on_a_hub().await?;
    echo.signal("TERM")?;
    // Deregistered, and serving a little longer.
    echo.line("deregistered interface=lymph", PATIENCE).await?;
    echo.signal("INT")?;
    let ended = echo.output(PATIENCE).await?;
    ensure!(ended.code == 1, "{ended:?}");
    let said = "stopped with work unfinished: 0 requests not answered, 0 calls without a reply";
    ensure!(ended.stderr.contains(said), "{}", ended.stderr);
    hub.shutdown().await;
    Ok(())
}
