//! `container.registry` and `container.events`: which backend, and how to reach it.

mod amqp;
mod zookeeper;

use std::fmt;
use std::net::SocketAddr;

use super::error::Problem;
use super::fields::{Fields, Reader};
use super::tree::Node;

pub use self::amqp::{AmqpConfig, AmqpTls};
pub use self::zookeeper::{ZookeeperAuth, ZookeeperConfig};

/// Where instances are found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryConfig {
    /// `zookeeper`, or Python's `lymph.discovery.zookeeper:ZookeeperServiceRegistry`.
    Zookeeper(ZookeeperConfig),
    /// `hub`: the registry that a node on this machine hosts.
    Hub(HubConfig),
    /// `memory`: this process alone.
    Memory,
}

/// Where the embedded hub listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubConfig {
    /// On loopback.
    pub address: SocketAddr,
}

/// How events travel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventsConfig {
    /// `amqp`, or Python's `lymph.events.kombu:KombuEventSystem`.
    Amqp(AmqpConfig),
    /// `hub`: the broker that a node on this machine hosts.
    Hub(HubConfig),
    /// `memory` or `local`: this process alone.
    Memory,
    /// `null`: events are dropped.
    Null,
}

/// Text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

const REGISTRIES: [(&str, &str); 3] = [
    ("zookeeper", "lymph.discovery.zookeeper:ZookeeperServiceRegistry"),
    ("memory", "lymph.discovery.static:StaticServiceRegistryHub"),
    ("hub", ""),
];

const EVENT_BUSES: [(&str, &str); 5] = [
    ("amqp", "lymph.events.kombu:KombuEventSystem"),
    ("null", "lymph.events.null:NullEventSystem"),
    ("local", "lymph.events.local:LocalEventSystem"),
    ("memory", ""),
    ("hub", ""),
];

pub(crate) fn registry<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<RegistryConfig> {
    let mut fields = reader.fields(node)?;
    let config = match class(&mut fields, &REGISTRIES)? {
        "zookeeper" => zookeeper::read(&mut fields).map(RegistryConfig::Zookeeper),
        "hub" => hub(&mut fields).map(RegistryConfig::Hub),
        _ => Some(RegistryConfig::Memory),
    };
    fields.finish();
    config
}

pub(crate) fn events<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<EventsConfig> {
    let mut fields = reader.fields(node)?;
    let config = match class(&mut fields, &EVENT_BUSES)? {
        "amqp" => Some(amqp::read(&mut fields)),
        "hub" => hub(&mut fields).map(EventsConfig::Hub),
        "null" => Some(EventsConfig::Null),
        _ => Some(EventsConfig::Memory),
    };
    fields.finish();
    config
}

/// The backend that `class` names, by our name for it.
fn class(fields: &mut Fields<'_, '_>, known: &[(&'static str, &str)]) -> Option<&'static str> {
    let names = || known.iter().map(|(name, _)| *name);
    // `null` is a name here, though YAML reads it as nothing.
    let node = fields.node("class");
    if fields.is_null("class") && names().any(|name| name == "null") {
        return Some("null");
    }
    let Some(node) = node else {
        let list: Vec<_> = names().collect();
        fields.missing("class", &format!("one of `{}`", list.join("`, `")));
        return None;
    };
    let text = node.text().unwrap_or_default();
    let found = known.iter().find(|(name, python)| *name == text || !python.is_empty() && *python == text);
    if found.is_none() {
        let shown = if node.hidden { "this class" } else { &*format!("class `{text}`") };
        let problem = Problem::at(&node.place, format!("{shown} is not built in"));
        fields.reader.report(problem.nearest(text, names()));
    }
    found.map(|(name, _)| *name)
}

fn hub(fields: &mut Fields<'_, '_>) -> Option<HubConfig> {
    let parse = |text: &str| text.parse::<SocketAddr>().ok().filter(|address| address.ip().is_loopback());
    if fields.node("address").is_none() {
        fields.missing("address", "the hub's address on this machine: `address: 127.0.0.1:4400`");
        return None;
    }
    let address = fields.parse("address", "a loopback address and a port, as `127.0.0.1:4400`", parse)?;
    Some(HubConfig { address })
}
