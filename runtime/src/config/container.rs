//! The section `container`: the process itself.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::time::Duration;

use super::backends::{self, EventsConfig, RegistryConfig};
#[cfg(feature = "zmtp")]
use super::curve::{self, CurveConfig};
use super::error::Problem;
use super::fields::Fields;
use super::limits::{self, LimitsConfig};
#[cfg(feature = "zmtp")]
use super::tree::{Kind, Node};
#[cfg(feature = "zmtp")]
use crate::transport::zmtp::Network;

/// Whoever would wait longer than this had better sleep, whatever it costs to be woken.
const MOST_BUSY_POLL_MICROS: usize = 1000;

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
    /// How long a connection waits awake for the next message while that mostly pays; zero for never.
    pub busy_poll: Option<Duration>,
    /// What peers may take together.
    pub limits: LimitsConfig,
    /// Where peers may be answered that do not read answers where they ask, besides where they ask from.
    #[cfg(feature = "zmtp")]
    pub answerable: Vec<Network>,
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
            busy_poll: None,
            limits: LimitsConfig::default(),
            #[cfg(feature = "zmtp")]
            answerable: Vec::new(),
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
    let busy_poll = limits::number(&mut fields, "busy_poll_micros", 0..=MOST_BUSY_POLL_MICROS);
    config.busy_poll = busy_poll.map(|micros| Duration::from_micros(micros as u64));
    if let Some(section) = fields.node("limits").and_then(|node| fields.reader.fields(node)) {
        config.limits = limits::read(section);
    }
    #[cfg(feature = "zmtp")]
    if let Some(node) = fields.node("answerable") {
        config.answerable = networks(&mut fields, node);
    }
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

#[cfg(feature = "zmtp")]
fn networks(fields: &mut Fields<'_, '_>, node: &Node) -> Vec<Network> {
    let Kind::List(items) = &node.kind else {
        fields.reader.report(Problem::at(&node.place, "expected a list of networks such as `10.1.0.0/16`"));
        return Vec::new();
    };
    let parse = |item: &Node| {
        let network = item.text().and_then(|text| text.parse().ok());
        if network.is_none() {
            fields.reader.report(Problem::at(&item.place, "expected a network such as `10.1.0.0/16`"));
        }
        network
    };
    items.iter().filter_map(parse).collect()
}
