//! From the settings to a process that takes part in the cluster but serves nothing.

use std::time::Duration;

use lymph::config::Config;
use lymph::{Container, Running};

use super::args::Cluster;
use crate::output::Trouble;

/// How long what is sent last may take to leave.
const FLUSH: Duration = Duration::from_secs(2);

/// Reads the settings and connects to what they name: to the broker only when `with_events`.
///
/// # Errors
///
/// [`Trouble`] when the settings are wrong or the cluster cannot be reached.
pub async fn connect(args: &Cluster, with_events: bool) -> Result<Running, Trouble> {
    let sources = args.sources();
    if sources.service.is_none() && sources.node.is_empty() {
        return Err(Trouble::new("no settings: which cluster?")
            .help("give a file with `--config` or `LYMPH_NODE_CONFIG`, or put `.lymph.yml` here"));
    }
    let mut config = Config::load(&sources).map_err(Trouble::new)?;
    lymph::logging::init(args.log.as_deref().unwrap_or("error"));
    // The settings are those of a service; its port is taken while it runs.
    config.container.port = None;
    config.interfaces.clear();
    if !with_events {
        config.container.events = None;
    }
    let mut container = Container::from_config(&config);
    let settings = container.settings();
    settings.linger = Duration::ZERO;
    settings.finish = Duration::ZERO;
    settings.flush = FLUSH;
    container.start().await.map_err(Trouble::new)
}
