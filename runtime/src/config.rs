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
mod container;
#[cfg(feature = "zmtp")]
mod curve;
mod de;
mod error;
mod fields;
mod limits;
mod section;
mod sections;
mod tree;
mod variables;
mod yaml;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use crate::Map;

pub use backends::{
    AmqpConfig, AmqpTls, EventsConfig, HubConfig, RegistryConfig, Secret, ZookeeperAuth, ZookeeperConfig,
};
pub use container::ContainerConfig;
#[cfg(feature = "zmtp")]
pub use curve::{CurveConfig, KeyFileError, read_secret_key};
pub use error::ConfigError;
pub use limits::LimitsConfig;
#[cfg(feature = "zmtp")]
pub use lymph_zmtp::curve::{Allow, PublicKey, SecretKey};
pub use section::Section;
pub use sections::{InstanceConfig, InterfaceConfig, LoggingConfig, SocketConfig};

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

    /// The same, where a command line that names other files has the last word.
    #[must_use]
    pub fn with_args(self, service: Option<PathBuf>, vars: Option<PathBuf>) -> Self {
        Self { node: self.node, service: service.or(self.service), vars: vars.or(self.vars) }
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
            config.container = container::read(container);
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
        config.interfaces = interfaces
            .into_iter()
            .map(|(name, section)| sections::interface(&reader, name, section))
            .collect();
        if let Some(instances) = fields.node("instances").and_then(|node| reader.fields(node)) {
            config.instances = sections::instances(&instances);
        }
        if let Some(sockets) = fields.node("sockets") {
            config.sockets = sections::sockets(&reader, sockets);
        }
        if let Some(logging) = fields.node("logging").and_then(|node| reader.fields(node)) {
            config.logging = sections::logging(logging);
        }
        config.debug = fields.node("debug").map(|node| Section::new(node.clone(), shared.clone()));
        fields.ignore(&["name", "components"]);
        fields.finish();
    }
    ConfigError::of(reader.into_problems()).map_or(Ok(config), Err)
}
