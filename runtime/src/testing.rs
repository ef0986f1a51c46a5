//! A whole cluster in one process, for tests: no sockets, no servers, time under control.

use std::sync::Arc;
use std::time::Duration;

use crate::container::{Container, Settings};
use crate::events::memory::MemoryBus;
use crate::node::Parts;
use crate::registry::memory::MemoryRegistry;
use crate::transport::memory::Network;

/// An in-memory network, registry and event bus that containers of one process share.
///
/// Messages go through their encoded form, so what works here works over ZeroMQ.
#[derive(Clone)]
pub struct Cluster {
    network: Network,
    registry: MemoryRegistry,
    bus: MemoryBus,
}

impl Default for Cluster {
    fn default() -> Self {
        Self::new()
    }
}

impl Cluster {
    /// An empty cluster.
    #[must_use]
    pub fn new() -> Self {
        Self { network: Network::new(), registry: MemoryRegistry::new(), bus: MemoryBus::new() }
    }

    /// A container of this cluster; `name` becomes part of its endpoint and must be unique.
    ///
    /// It drains without the pauses that a real network needs.
    pub fn container(&self, name: &str) -> Container {
        let (cluster, name) = (self.clone(), format!("memory://{name}"));
        let settings = Settings { linger: Duration::ZERO, ..Settings::default() };
        Container::with_parts(settings, move || async move {
            let (transport, inbox) = cluster.network.bind(name);
            let parts = Parts {
                transport: Arc::new(transport),
                registry: Arc::new(cluster.registry),
                bus: Some(Arc::new(cluster.bus)),
            };
            Ok((parts, inbox))
        })
    }

    /// The wire, to cut it.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The registry, to look into it.
    #[must_use]
    pub fn registry(&self) -> &MemoryRegistry {
        &self.registry
    }

    /// The event bus, to look into it.
    #[must_use]
    pub fn bus(&self) -> &MemoryBus {
        &self.bus
    }
}
