//! The section `container`: the process itself.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;

use super::backends::{self, EventsConfig, RegistryConfig};
#[cfg(feature = "zmtp")]
use super::curve::{self, CurveConfig};
use super::error::Problem;
use super::fields::Fields;

/// The section `container`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainerConfig {
    /// Where it listens; loopback unless told otherwise.
    pub ip: IpAddr,
    /// Any free one when there is none.
    pub port: Option<u16>,
    /// Where peers are not authenticated, other addresses than loopback need this word.
    pub unauthenticated: bool,
    /// Keys, where connections are encrypted.
    #[cfg(feature = "zmtp")]
    pub curve: Option<CurveConfig>,
    /// Where log lines are published.
    pub log_endpoint: Option<String>,
    /// Handlers that run at once.
    pub pool_size: Option<usize>,
    /// Threads of their own that connections and handlers are spread over, if they shall have any.
    pub threads: Option<NonZeroUsize>,
    /// Where instances are found.
    pub registry: Option<RegistryConfig>,
    /// How events travel.
    pub events: Option<EventsConfig>,
    /// Tags that every metric carries.
    pub metric_tags: BTreeMap<String, String>,
}

impl Default for ContainerConfig {
    fn default() -> Self {
        Self {
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: None,
            unauthenticated: false,
            #[cfg(feature = "zmtp")]
            curve: None,
            log_endpoint: None,
            pool_size: None,
            threads: None,
            registry: None,
            events: None,
            metric_tags: BTreeMap::new(),
        }
    }
}

impl ContainerConfig {
    /// Whether it may listen on `ip`: unless peers are authenticated, anybody who reaches it may
    /// call it.
    #[must_use]
    pub fn may_listen_on(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.unauthenticated || self.authenticates()
    }

    #[cfg(feature = "zmtp")]
    fn authenticates(&self) -> bool {
        self.curve.as_ref().is_some_and(CurveConfig::authenticates)
    }

    #[cfg(not(feature = "zmtp"))]
    fn authenticates(&self) -> bool {
        false
    }
}

pub(super) fn read(mut fields: Fields<'_, '_>) -> ContainerConfig {
    let mut config = ContainerConfig::default();
    let parse_ip = |text: &str| match text {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        text => text.parse().ok(),
    };
    config.unauthenticated = fields.get("unauthenticated").unwrap_or(false);
    #[cfg(feature = "zmtp")]
    if let Some(node) = fields.node("curve") {
        config.curve = fields.reader.fields(node).and_then(curve::read);
    }
    if let Some(ip) = fields.parse("ip", "an IP address", parse_ip) {
        config.ip = ip;
        if let Some(node) = fields.node("ip").filter(|_| !config.may_listen_on(ip)) {
            let message = "peers are not authenticated, and this address is reachable from other machines";
            let help = "give keys to those who may call, see `curve`; where the network is trusted, say so: \
                        `unauthenticated: true` beside `ip`";
            fields.reader.report(Problem::at(&node.place, message).help(help));
        }
    }
    config.port = fields.get("port");
    config.log_endpoint = fields.get("log_endpoint");
    config.pool_size = fields.get("pool_size").map(NonZeroUsize::get);
    config.threads = fields.get("threads");
    config.registry = fields.node("registry").and_then(|node| backends::registry(fields.reader, node));
    config.events = fields.node("events").and_then(|node| backends::events(fields.reader, node));
    if let Some(mut metrics) = fields.node("metrics").and_then(|node| fields.reader.fields(node)) {
        config.metric_tags = metrics.get("tags").unwrap_or_default();
        metrics.ignore(&["class"]);
        metrics.finish();
    }
    fields.ignore(&["class", "pool", "rpc"]);
    fields.finish();
    config
}
