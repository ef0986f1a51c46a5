//! `lymph node`: the embedded hub, so that several processes make one cluster with nothing installed.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};

use lymph::config::{Config, RegistryConfig};
use lymph::hub::Hub;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::args::{Cluster, Node};
use crate::output::{Ended, Outcome, Style, Terminal, Trouble};

/// Where the hub listens unless settings or arguments say otherwise.
const DEFAULT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 4410);

pub(super) async fn run<W: Write>(cluster: &Cluster, args: &Node, terminal: &mut Terminal<W>) -> Ended {
    let address = match args.address {
        Some(address) => address,
        None => configured(cluster)?.unwrap_or(DEFAULT),
    };
    let hub = Hub::bind(address).await.map_err(|error| {
        Trouble::new(format!("cannot host a hub at {address}: {error}"))
            .help("choose another place with `--address 127.0.0.1:PORT`")
    })?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let bound = hub.addr();
    if terminal.wants_json() {
        terminal.json(&json!({ "hub": bound.to_string() }))?;
    } else {
        let shown = terminal.styled(Style::Name, &bound.to_string());
        terminal
            .line(format_args!("hub at {shown}: registry and events for this machine, kept in memory"))?;
        terminal.line(format_args!(
            "settings of its services:\n  container:\n    registry: {{class: hub, address: {bound}}}\n    \
             events: {{class: hub, address: {bound}}}"
        ))?;
    }
    terminal.flush()?;
    tokio::select! {
        () = hub.run() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    hub.shutdown().await;
    Ok(Outcome::Fine)
}

/// The hub that the settings name, if there are any.
fn configured(cluster: &Cluster) -> Result<Option<SocketAddr>, Trouble> {
    let config = Config::load(&cluster.sources()).map_err(Trouble::new)?;
    Ok(match config.container.registry {
        Some(RegistryConfig::Hub(hub)) => Some(hub.address),
        _ => None,
    })
}
