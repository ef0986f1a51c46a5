//! From settings to the sockets and services that a process stands on.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::Error;
use crate::config::{ContainerConfig, EventsConfig, RegistryConfig};
use crate::events::EventBus;
use crate::events::memory::MemoryBus;
use crate::hub::HubClient;
use crate::node::Parts;
use crate::registry::Registry;
use crate::registry::memory::MemoryRegistry;
use crate::transport::Transport;

/// Connects to everything that `config` names.
pub(super) async fn build(config: ContainerConfig) -> Result<Parts, Error> {
    let Some(registry) = &config.registry else {
        return Err(Error::Config(
            "no registry is configured: set `container.registry` in the file that LYMPH_NODE_CONFIG names, \
             as `registry: {class: hub, address: 127.0.0.1:4410}` or `{class: zookeeper, hosts: …}`"
                .into(),
        ));
    };
    let mut hubs = Hubs::default();
    let registry = connect_registry(registry, &mut hubs).await?;
    let bus = match &config.events {
        Some(events) => connect_events(events, &mut hubs).await?,
        None => None,
    };
    let transport = bind(&config).await?;
    Ok(Parts { transport, registry, bus })
}

#[cfg(feature = "zmtp")]
async fn bind(config: &ContainerConfig) -> Result<Arc<dyn Transport>, Error> {
    use crate::transport::zmtp::{Answerable, Settings, Zmtp};
    let (limits, defaults) = (&config.limits, Settings::default());
    let settings = Settings {
        answerable: Answerable::also_in(config.answerable.clone()),
        curve: config.curve.clone(),
        connections: limits.connections.unwrap_or(defaults.connections),
        connections_per_address: limits.connections_per_address.unwrap_or(defaults.connections_per_address),
        threads: config.threads,
        busy_poll: config.busy_poll.unwrap_or(defaults.busy_poll),
        memory_bytes: limits.memory_bytes().unwrap_or(defaults.memory_bytes),
    };
    Ok(Arc::new(Zmtp::bind_with(config.ip, config.port, settings).await?))
}

#[cfg(not(feature = "zmtp"))]
async fn bind(_: &ContainerConfig) -> Result<Arc<dyn Transport>, Error> {
    Err(left_out("zmtp"))
}

/// Hubs connected to: one connection serves registry and events when both are on the same one.
#[derive(Default)]
struct Hubs(Option<(SocketAddr, HubClient)>);

impl Hubs {
    async fn client(&mut self, address: SocketAddr) -> Result<HubClient, Error> {
        match &self.0 {
            Some((known, client)) if *known == address => Ok(client.clone()),
            _ => {
                let client = HubClient::connect(address).await;
                let client = client.map_err(|error| Error::Registry(error.to_string()))?;
                self.0 = Some((address, client.clone()));
                Ok(client)
            }
        }
    }
}

async fn connect_registry(config: &RegistryConfig, hubs: &mut Hubs) -> Result<Arc<dyn Registry>, Error> {
    match config {
        RegistryConfig::Memory => Ok(Arc::new(MemoryRegistry::new())),
        RegistryConfig::Hub(hub) => Ok(Arc::new(hubs.client(hub.address).await?.registry())),
        #[cfg(feature = "zookeeper")]
        RegistryConfig::Zookeeper(zookeeper) => {
            use crate::registry::zookeeper::{Settings, ZooKeeperRegistry};
            let mut settings = Settings::new(&zookeeper.connect_string());
            settings.auth.clone_from(&zookeeper.auth);
            let registry = ZooKeeperRegistry::connect(settings);
            Ok(Arc::new(registry.map_err(|error| Error::Registry(error.to_string()))?))
        }
        #[cfg(not(feature = "zookeeper"))]
        RegistryConfig::Zookeeper(_) => Err(left_out("zookeeper")),
    }
}

async fn connect_events(config: &EventsConfig, hubs: &mut Hubs) -> Result<Option<Arc<dyn EventBus>>, Error> {
    match config {
        EventsConfig::Memory => Ok(Some(Arc::new(MemoryBus::new()))),
        EventsConfig::Null => Ok(None),
        EventsConfig::Hub(hub) => Ok(Some(Arc::new(hubs.client(hub.address).await?.bus()))),
        #[cfg(feature = "amqp")]
        EventsConfig::Amqp(amqp) => {
            use crate::events::amqp::{AmqpBus, Settings};
            let mut settings = Settings::new(amqp.url.expose());
            settings.exchange.clone_from(&amqp.exchange);
            settings.tls.clone_from(&amqp.tls);
            Ok(Some(Arc::new(AmqpBus::connect(settings).await?)))
        }
        #[cfg(not(feature = "amqp"))]
        EventsConfig::Amqp(_) => Err(left_out("amqp")),
    }
}

#[cfg(not(all(feature = "amqp", feature = "zmtp", feature = "zookeeper")))]
fn left_out(feature: &str) -> Error {
    Error::Config(format!("this program was built without lymph's feature `{feature}`"))
}
