//! The parts of one process, started in order and drained in the opposite one.
//!
//! Start: socket, registry and broker, what arrives, subscriptions, registration. Drain: deregister and
//! stop to consume, serve a little longer for callers that have not heard of it, refuse what is
//! new, finish what runs, flush, close.

mod args;
mod backends;
mod consume;
mod drain;
mod settings;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::backend::Backend;
use crate::builtin::Builtin;
use crate::config::{Config, EventsConfig, HubConfig, RegistryConfig, Sources};
use crate::describe::MethodKind;
use crate::emit::{Emit, Event};
use crate::events::Subscribed;
use crate::metrics::Metrics;
use crate::node::{Node, Parts};
use crate::registry::{Instance, Registry};
use crate::server::{BUILTIN, Hosted, Server};
use crate::service::Service;
use crate::{Client, Endpoint, Error, logging};

use drain::Signals;
pub use settings::{Role, Settings};

/// What interfaces of this process say they understand beyond Python's protocol.
const FEATURES: [&str; 3] = ["cancel", "connections", "deadline"];

/// A process of the cluster before it starts: what it serves, on which parts.
///
/// ```
/// # async fn example() -> Result<(), lymph::Error> {
/// let cluster = lymph::testing::Cluster::new();
/// let running = cluster.container("caller").start().await?;
/// assert!(running.handle().endpoint().as_str().starts_with("memory://"));
/// running.drain().await
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// ```
#[must_use = "a container does nothing until it is run or started"]
pub struct Container {
    settings: Settings,
    services: Vec<Arc<dyn Service>>,
    /// Interfaces the settings name; empty: all that are compiled in.
    wanted: Vec<String>,
    parts: Box<dyn PartsSource>,
}

/// Makes the parts when the container starts.
trait PartsSource: Send {
    fn build(self: Box<Self>) -> futures_util::future::BoxFuture<'static, Result<Parts, Error>>;
}

impl<F, Fut> PartsSource for F
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output = Result<Parts, Error>> + Send + 'static,
{
    fn build(self: Box<Self>) -> futures_util::future::BoxFuture<'static, Result<Parts, Error>> {
        Box::pin((*self)())
    }
}

impl Container {
    /// As this process's command line and the files it names say; logs to stderr from here on.
    ///
    /// `instance` or `worker`, `--config FILE`, and what `--help` tells; a wrong command line ends
    /// the process with a usage message. `LYMPH_NODE_CONFIG` names what all services share.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with every mistake in the files, each with its line.
    pub fn from_args() -> Result<Self, Error> {
        let (role, options) = args::Args::of_process();
        let sources = Sources::from_env().with_args(options.config, options.vars);
        let mut config = Config::load(&sources)?;
        let level = if options.debug { "debug" } else { "info" };
        logging::init(config.logging.directives().as_deref().unwrap_or(level));
        if let Some(ip) = options.ip {
            if !config.container.may_listen_on(ip) {
                return Err(Error::Config(format!(
                    "peers are not authenticated, and {ip} is reachable from other machines: give keys to \
                     those who may call, see `container.curve`; where the network is trusted, say \
                     `unauthenticated: true` beside `container.ip`"
                )));
            }
            config.container.ip = ip;
        }
        config.container.port = options.port.or(config.container.port);
        let mut container = Self::from_config(&config);
        container.settings.role = role;
        Ok(container)
    }

    /// On the backends that `config` names, which it connects to when it starts.
    ///
    /// Serves the interfaces that `config` lists, or all of its services when it lists none.
    pub fn from_config(config: &Config) -> Self {
        let mut settings = Settings::default();
        settings.concurrency = config.container.pool_size.unwrap_or(settings.concurrency);
        let limits = &config.container.limits;
        settings.queue = limits.waiting.unwrap_or(settings.queue);
        settings.queue_bytes = limits.waiting_bytes().unwrap_or(settings.queue_bytes);
        let python = config.interfaces.iter().filter(|(_, interface)| {
            interface.settings.get::<String>("compat").ok().flatten().as_deref() == Some("python")
        });
        settings.python_queues = python.map(|(name, _)| base_name(name).to_owned()).collect();
        let container = config.container.clone();
        let mut built = Self::with_parts(settings, move || backends::build(container));
        built.wanted = config.interfaces.keys().map(|name| base_name(name).to_owned()).collect();
        built
    }

    /// On the hub at `address`, over ZeroMQ on loopback.
    pub fn on_hub(address: SocketAddr) -> Self {
        let mut config = Config::default();
        config.container.registry = Some(RegistryConfig::Hub(HubConfig { address }));
        config.container.events = Some(EventsConfig::Hub(HubConfig { address }));
        Self::from_config(&config)
    }

    /// On parts that `build` makes when the container starts: for backends of your own.
    pub fn with_parts<F, Fut>(settings: Settings, build: F) -> Self
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<Parts, Error>> + Send + 'static,
    {
        Self { settings, services: Vec::new(), wanted: Vec::new(), parts: Box::new(build) }
    }

    /// Serves one more interface, or one more version of one.
    pub fn serve(mut self, service: impl Service) -> Self {
        self.services.push(Arc::new(service));
        self
    }

    /// Changes how it serves and drains.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// Runs until SIGTERM or SIGINT, then drains; a second signal ends it at once.
    ///
    /// # Errors
    ///
    /// [`Error`] when a part cannot start, or with what was lost when draining was cut short.
    pub async fn run(self) -> Result<(), Error> {
        let mut signals = Signals::listen()?;
        let running = self.start().await?;
        signals.next().await;
        tracing::info!("draining; a second signal stops at once");
        drain::until(running, signals).await
    }

    /// Starts every part and returns when the process is known to the cluster.
    ///
    /// # Errors
    ///
    /// [`Error`] names the part that could not start; those started before it are closed again.
    pub async fn start(self) -> Result<Running, Error> {
        let Self { settings, services, wanted, parts } = self;
        let services = choose(services, &wanted)?;
        let parts = parts.build().await?;
        let node = Node::new(parts);
        let metrics = Arc::new(Metrics::default());
        let offers_something = !services.is_empty();
        let builtin = Builtin::service(Arc::clone(&node), &services, Arc::clone(&metrics));
        let hosted = Hosted::new(services.into_iter().chain([builtin]))?;
        let server = Server::new(Arc::clone(&node), &hosted, settings.limits(), metrics);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(Arc::clone(&server).serve(stop.clone()));
        let mut running = Running {
            settings,
            node,
            server,
            serving,
            stop: stop.drop_guard(),
            subscriptions: Vec::new(),
            registered: Vec::new(),
        };
        let started = async {
            running.subscribe(&hosted).await?;
            if offers_something { running.register(&hosted).await } else { Ok(()) }
        };
        match started.await {
            Ok(()) => {
                let node = &running.node;
                tracing::info!(endpoint = %node.endpoint(), identity = %node.identity(), "started");
                Ok(running)
            }
            Err(error) => {
                running.close().await;
                Err(error)
            }
        }
    }
}

/// `echo` of `echo@1.5`.
fn base_name(name: &str) -> &str {
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// The services whose interface is wanted; all of them when nothing is.
fn choose(services: Vec<Arc<dyn Service>>, wanted: &[String]) -> Result<Vec<Arc<dyn Service>>, Error> {
    let compiled_in = || services.iter().map(|service| service.interface().name);
    if let Some(unknown) = wanted.iter().find(|name| !compiled_in().any(|known| known == *name)) {
        let known: Vec<_> = compiled_in().collect();
        return Err(Error::Config(format!(
            "`interfaces.{unknown}`: no such interface is compiled into this program; it has `{}`",
            known.join("`, `")
        )));
    }
    let is_wanted = |service: &Arc<dyn Service>| {
        wanted.is_empty() || wanted.iter().any(|name| name == service.interface().name)
    };
    Ok(services.into_iter().filter(is_wanted).collect())
}

/// A started container.
#[must_use = "dropping it cuts off whatever still runs; `drain` ends it in order"]
pub struct Running {
    settings: Settings,
    node: Arc<Node>,
    server: Arc<Server>,
    serving: JoinHandle<()>,
    /// Ends what the server runs.
    stop: DropGuard,
    subscriptions: Vec<Box<dyn Subscribed>>,
    registered: Vec<(String, String)>,
}

impl Running {
    /// What clients are made from; cheap to clone.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { node: Arc::clone(&self.node) }
    }

    async fn subscribe(&mut self, hosted: &Hosted) -> Result<(), Error> {
        for service in hosted.newest() {
            for subscription in consume::subscriptions(service.interface(), &self.settings) {
                let bus = self.node.parts().bus.as_ref().ok_or_else(|| {
                    let name = service.interface().name;
                    Error::Config(format!("`{name}` listens to events: set `container.events`"))
                })?;
                let consumer = consume::consumer(&self.node, service, subscription.handler);
                let subscribed = bus.subscribe(subscription.settings, consumer).await;
                self.subscriptions.push(subscribed.map_err(|error| Error::Events(error.to_string()))?);
            }
        }
        Ok(())
    }

    async fn register(&mut self, hosted: &Hosted) -> Result<(), Error> {
        let worker = self.settings.role == Role::Worker;
        for service in hosted.iter() {
            let interface = service.interface();
            let has_tasks = interface.methods.iter().any(|method| method.kind == MethodKind::Task);
            if worker && interface.name != BUILTIN && !has_tasks {
                continue;
            }
            let suffix = if worker && interface.name != BUILTIN { ".worker" } else { "" };
            let name = format!("{}{suffix}", interface.name);
            let mut instance = Instance::new(&name, Some(interface.version), self.node.endpoint());
            self.describe(&mut instance);
            let id = instance.id.clone();
            let registry = &self.node.parts().registry;
            let registered = registry.register(&name, instance).await;
            registered.map_err(|error| Error::Registry(error.to_string()))?;
            tracing::info!(interface = %name, version = %interface.version, endpoint = %self.node.endpoint(), "registered");
            self.registered.push((name, id));
        }
        Ok(())
    }

    /// What Python's tools show of an instance besides its endpoint.
    fn describe(&self, instance: &mut Instance) {
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let ip = self.node.endpoint().as_str().trim_start_matches("tcp://");
        let ip = ip.rsplit_once(':').map_or(ip, |(ip, _)| ip);
        let info = [
            ("log_endpoint", serde_json::Value::Null),
            ("monitoring_endpoint", serde_json::Value::Null),
            ("backdoor_endpoint", serde_json::Value::Null),
            ("fqdn", host.clone().into()),
            ("hostname", host.into()),
            ("ip", ip.into()),
            ("type", (self.settings.role == Role::Worker).into()),
            ("features", FEATURES.as_slice().into()),
        ];
        instance.info.extend(info.map(|(name, value)| (name.to_owned(), value)));
        instance.info.extend(self.node.parts().transport.describe());
    }
}

/// A running process's way into the cluster.
#[derive(Clone)]
pub struct Handle {
    node: Arc<Node>,
}

impl Handle {
    /// Where this process takes messages.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.node.endpoint()
    }

    /// Finds instances.
    #[must_use]
    pub fn registry(&self) -> &Arc<dyn Registry> {
        &self.node.parts().registry
    }

    /// Publishes and delivers events; `None` when none is configured.
    #[must_use]
    pub fn bus(&self) -> Option<&Arc<dyn crate::events::EventBus>> {
        self.node.parts().bus.as_ref()
    }

    /// Publishes `event`; awaiting it waits for the broker's confirmation.
    pub fn emit<V: Event>(&self, event: V) -> Emit {
        Client::from(self).emit(event)
    }
}

impl From<&Handle> for Client {
    fn from(handle: &Handle) -> Self {
        Self::of(Backend::Node(Arc::clone(&handle.node)))
    }
}

impl From<&Running> for Client {
    fn from(running: &Running) -> Self {
        Self::of(Backend::Node(Arc::clone(&running.node)))
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("endpoint", self.endpoint()).finish_non_exhaustive()
    }
}
