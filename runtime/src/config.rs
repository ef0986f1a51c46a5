//! What a process is told from outside: YAML as Python lymph's users know it, read into types.
//!
//! ```yaml
//! container:
//!   ip: 127.0.0.1
//!   registry: {class: zookeeper, hosts: "$(env.ZOOKEEPER)"}
//!   events: {class: amqp, hostname: rabbit, password: "$(var.rabbit.password)"}
//! interfaces:
//!   echo:
//!     class: "echo:Echo"
//!     shout: true
//! ```
//!
//! A key that nobody reads is a mistake, told with its line and the nearest key that is known.

mod backends;
mod de;
mod error;
mod fields;
mod section;
mod tree;
mod variables;
mod yaml;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use crate::{Map, Version};

pub use backends::{AmqpConfig, EventsConfig, HubConfig, RegistryConfig, Secret, ZookeeperConfig};
pub use error::ConfigError;
pub use section::Section;

use error::{Problem, Source};
use fields::{Fields, Reader};
use tree::{Kind, Node};
use variables::Variables;

/// Larger files are no configuration.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What services take from the file of their node; the rest of it is the node's own.
const NODE_SECTIONS: [&str; 5] = ["container", "registry", "event_system", "plugins", "dependencies"];

/// Which files make up a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// What all services of a machine share: `LYMPH_NODE_CONFIG`. Later ones win.
    pub node: Vec<PathBuf>,
    /// What one service needs; wins over the node's: `--config`.
    pub service: Option<PathBuf>,
    /// What `$(var.NAME)` stands for: `--vars`.
    pub vars: Option<PathBuf>,
}

impl Sources {
    /// `LYMPH_NODE_CONFIG` (paths joined by `:`), `LYMPH_CONFIG` or else `.lymph.yml` where there
    /// is one, and `LYMPH_VARS`.
    #[must_use]
    pub fn from_env() -> Self {
        let path = |name| std::env::var_os(name).filter(|path| !path.is_empty());
        let node = path("LYMPH_NODE_CONFIG").map(|paths| std::env::split_paths(&paths).collect());
        let default = || Some(PathBuf::from(".lymph.yml")).filter(|path| path.exists());
        Self {
            node: node.unwrap_or_default(),
            service: path("LYMPH_CONFIG").map(PathBuf::from).or_else(default),
            vars: path("LYMPH_VARS").map(PathBuf::from),
        }
    }
}

/// A process's configuration.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Config {
    /// The process itself.
    pub container: ContainerConfig,
    /// What it serves, by interface name, as `echo` or `echo@1.5`.
    pub interfaces: Map<String, InterfaceConfig>,
    /// What a node runs.
    pub instances: Map<String, InstanceConfig>,
    /// What a node opens for its processes.
    pub sockets: Vec<SocketConfig>,
    /// Plugins by name.
    pub plugins: Map<String, Section>,
    /// What `dep:NAME` stands for.
    pub dependencies: Map<String, Section>,
    /// What is logged.
    pub logging: LoggingConfig,
    /// `debug.backdoor_ip`, for Python's sake.
    pub debug: Option<Section>,
}

/// The section `container`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainerConfig {
    /// Where it listens; loopback unless told otherwise.
    pub ip: IpAddr,
    /// Any free one when there is none.
    pub port: Option<u16>,
    /// Peers are not authenticated: other addresses than loopback need this word.
    pub unauthenticated: bool,
    /// Where log lines are published.
    pub log_endpoint: Option<String>,
    /// Handlers that run at once.
    pub pool_size: Option<usize>,
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
            log_endpoint: None,
            pool_size: None,
            registry: None,
            events: None,
            metric_tags: BTreeMap::new(),
        }
    }
}

impl ContainerConfig {
    /// Whether it may listen on `ip`: anybody who reaches it may call it.
    #[must_use]
    pub fn may_listen_on(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.unauthenticated
    }
}

/// One entry of `interfaces`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InterfaceConfig {
    /// What implements it: meant for Python, kept for tools.
    pub class: Option<String>,
    /// The version behind `@`.
    pub version: Option<Version>,
    /// Everything, for the service to read.
    pub settings: Section,
}

/// One entry of `instances`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceConfig {
    /// What the node starts.
    pub command: String,
    /// How often.
    pub numprocesses: u16,
}

/// One entry of `sockets`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketConfig {
    /// `container.ip` when there is none.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
}

/// The section `logging`: levels of Python's `dictConfig`, the rest of which is Python's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LoggingConfig {
    /// Levels by target, the root's under the empty name: `DEBUG` … `CRITICAL` in lower case and in
    /// Rust's words (`warn`, `error`).
    pub levels: Map<String, String>,
}

impl LoggingConfig {
    /// As `tracing`'s filters take them: `warn,lymph::events=debug`.
    #[must_use]
    pub fn directives(&self) -> Option<String> {
        let directive = |(target, level): (&String, &String)| match target.as_str() {
            "" => level.clone(),
            target => format!("{target}={level}"),
        };
        let directives: Vec<_> = self.levels.iter().map(directive).collect();
        (!directives.is_empty()).then(|| directives.join(","))
    }
}

impl Config {
    /// Reads and merges the files.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every mistake that can be told at once.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        Self::load_with(sources, &|name| std::env::var(name).ok())
    }

    /// As [`Self::load`], with another environment behind `$(env.NAME)`.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn load_with(sources: &Sources, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut read = |path: &Path| read_file(path).map_err(|problem| problems.push(problem)).ok();
        let vars = sources.vars.as_deref().and_then(&mut read);
        let nodes: Vec<Node> = sources.node.iter().filter_map(|path| read(path)).collect();
        let service = sources.service.as_deref().and_then(&mut read);
        let variables = Variables { env, file: vars.as_ref() };
        // Parts of the node's file that are not for services may refer to what only the node has.
        let nodes = nodes.into_iter().map(|node| only_sections(node, &NODE_SECTIONS));
        let mut trees: Vec<Node> = nodes.chain(service).collect();
        for tree in &mut trees {
            variables.substitute(tree, &mut problems);
        }
        if let Some(error) = ConfigError::of(problems) {
            return Err(error);
        }
        let merged = trees.into_iter().reduce(|mut merged, tree| {
            merged.merge(tree);
            merged
        });
        merged.map_or_else(|| Ok(Self::default()), |tree| from_tree(&tree))
    }
}

impl FromStr for Config {
    type Err = ConfigError;

    /// Reads one text; `$(env.NAME)` is the process's environment.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let source = Source { name: "config".to_owned(), text: text.to_owned() };
        let mut tree = yaml::parse(&Arc::new(source))?;
        let mut problems = Vec::new();
        let env = |name: &str| std::env::var(name).ok();
        Variables { env: &env, file: None }.substitute(&mut tree, &mut problems);
        ConfigError::of(problems).map_or_else(|| from_tree(&tree), Err)
    }
}

fn read_file(path: &Path) -> Result<Node, Problem> {
    let name = path.display().to_string();
    let unreadable = |cause: std::io::Error| Problem::new(format!("cannot read `{name}`: {cause}"));
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(Problem::new(format!("`{name}` has {bytes} bytes; {MAX_FILE_BYTES} are the most")));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    yaml::parse(&Arc::new(Source { name: name.clone(), text }))
}

fn only_sections(mut node: Node, sections: &[&str]) -> Node {
    if let Kind::Map(entries) = &mut node.kind {
        entries.retain(|entry| sections.contains(&entry.key.as_str()));
    }
    node
}

fn from_tree(tree: &Node) -> Result<Config, ConfigError> {
    let dependencies = tree.get("dependencies");
    let shared = dependencies.cloned().map(Arc::new);
    let reader = Reader::new(dependencies);
    let mut config = Config::default();
    if let Some(mut fields) = reader.fields(tree) {
        if let Some(container) = fields.node("container").and_then(|node| reader.fields(node)) {
            config.container = read_container(container);
        }
        // Where older Python versions had them.
        if let Some(node) = fields.node("registry") {
            config.container.registry = backends::registry(&reader, node);
        }
        if let Some(node) = fields.node("event_system") {
            config.container.events = backends::events(&reader, node);
        }
        let named = |key, fields: &mut Fields<'_, '_>| -> Map<String, Section> {
            let sections = fields.node(key).and_then(|node| reader.fields(node));
            let entries = sections.map(|fields| fields.entries()).unwrap_or_default().iter();
            let section = |node: &Node| Section::new(node.clone(), shared.clone());
            entries.map(|entry| (entry.key.clone(), section(&entry.value))).collect()
        };
        config.plugins = named("plugins", &mut fields);
        config.dependencies = named("dependencies", &mut fields);
        let interfaces = named("interfaces", &mut fields);
        config.interfaces =
            interfaces.into_iter().map(|(name, section)| read_interface(&reader, name, section)).collect();
        if let Some(instances) = fields.node("instances").and_then(|node| reader.fields(node)) {
            config.instances = read_instances(&instances);
        }
        if let Some(sockets) = fields.node("sockets") {
            config.sockets = read_sockets(&reader, sockets);
        }
        if let Some(logging) = fields.node("logging").and_then(|node| reader.fields(node)) {
            config.logging = read_logging(logging);
        }
        config.debug = fields.node("debug").map(|node| Section::new(node.clone(), shared.clone()));
        fields.ignore(&["name", "components"]);
        fields.finish();
    }
    ConfigError::of(reader.into_problems()).map_or(Ok(config), Err)
}

fn read_container(mut fields: Fields<'_, '_>) -> ContainerConfig {
    let mut config = ContainerConfig::default();
    let parse_ip = |text: &str| match text {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        text => text.parse().ok(),
    };
    config.unauthenticated = fields.get("unauthenticated").unwrap_or(false);
    if let Some(ip) = fields.parse("ip", "an IP address", parse_ip) {
        config.ip = ip;
        if let Some(node) = fields.node("ip").filter(|_| !config.may_listen_on(ip)) {
            let message = "peers are not authenticated, and this address is reachable from other machines";
            let help = "where the network is trusted, say so: `unauthenticated: true` beside `ip`";
            fields.reader.report(Problem::at(&node.place, message).help(help));
        }
    }
    config.port = fields.get("port");
    config.log_endpoint = fields.get("log_endpoint");
    config.pool_size = fields.get("pool_size");
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

fn read_interface(reader: &Reader<'_>, name: String, settings: Section) -> (String, InterfaceConfig) {
    let report =
        |error: ConfigError| error.into_problems().into_iter().for_each(|problem| reader.report(problem));
    let class = settings.get("class").map_err(report).unwrap_or_default();
    let version = name.split_once('@').map(|(_, version)| version.parse());
    let version = version.transpose().unwrap_or_else(|error: crate::ParseVersionError| {
        reader.report(settings.problem(error.to_string()));
        None
    });
    (name, InterfaceConfig { class, version, settings })
}

fn read_instances(fields: &Fields<'_, '_>) -> Map<String, InstanceConfig> {
    let read = |entry: &tree::Entry| -> Option<_> {
        let mut instance = fields.reader.fields(&entry.value)?;
        let command = instance.get("command");
        let numprocesses = instance.get("numprocesses").unwrap_or(1);
        if command.is_none() && instance.node("command").is_none() {
            instance.missing("command", "what the node starts: `command: lymph instance --config echo.yml`");
        }
        instance.finish();
        Some((entry.key.clone(), InstanceConfig { command: command?, numprocesses }))
    };
    fields.entries().iter().filter_map(read).collect()
}

/// A list, or a section whose keys are names for people.
fn read_sockets<'a>(reader: &Reader<'a>, node: &'a Node) -> Vec<SocketConfig> {
    let nodes: Vec<&Node> = match &node.kind {
        Kind::List(items) => items.iter().collect(),
        _ => {
            let entries = reader.fields(node).map(|fields| fields.entries()).unwrap_or_default();
            entries.iter().map(|entry| &entry.value).collect()
        }
    };
    let read = |node: &'a Node| {
        let mut socket = reader.fields(node)?;
        let (host, port) = (socket.get("host"), socket.get("port"));
        if port.is_none() && socket.node("port").is_none() {
            socket.missing("port", "the port to open");
        }
        socket.finish();
        Some(SocketConfig { host, port: port? })
    };
    nodes.into_iter().filter_map(read).collect()
}

fn read_logging(mut fields: Fields<'_, '_>) -> LoggingConfig {
    let mut config = LoggingConfig::default();
    let mut read = |target: String, node| {
        let Some(mut logger) = fields.reader.fields(node) else { return };
        let level = logger.parse("level", "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`", parse_level);
        if let Some(level) = level {
            config.levels.insert(target, level.to_owned());
        }
    };
    if let Some(root) = fields.node("root") {
        read(String::new(), root);
    }
    if let Some(loggers) = fields.node("loggers").and_then(|node| fields.reader.fields(node)) {
        for entry in loggers.entries() {
            read(entry.key.replace('.', "::"), &entry.value);
        }
    }
    fields.ignore(&[
        "version",
        "formatters",
        "filters",
        "handlers",
        "disable_existing_loggers",
        "incremental",
    ]);
    fields.finish();
    config
}

fn parse_level(text: &str) -> Option<&'static str> {
    Some(match text.to_ascii_uppercase().as_str() {
        "DEBUG" => "debug",
        "INFO" => "info",
        "WARNING" | "WARN" => "warn",
        "ERROR" | "CRITICAL" => "error",
        _ => return None,
    })
}
