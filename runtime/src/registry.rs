//! Who serves what, and where.

pub mod memory;
#[cfg(feature = "zookeeper")]
pub mod zookeeper;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{Endpoint, Version};

/// One interface served by one process, as it stands in the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Unique among the instances of its interface.
    pub id: String,
    /// The same for all interfaces of one process.
    pub identity: String,
    /// `None` for Python services without a version.
    #[serde(default)]
    pub version: Option<String>,
    /// Where it takes messages.
    pub endpoint: String,
    /// Everything else (`log_endpoint`, `fqdn`, `type`, …): kept as it came.
    #[serde(flatten)]
    pub info: BTreeMap<String, serde_json::Value>,
}

impl Instance {
    /// Describes `interface` at `version`, served at `endpoint`, with the ids Python would give it.
    #[must_use]
    pub fn new(interface: &str, version: Option<Version>, endpoint: &Endpoint) -> Self {
        let identity = identity_of(endpoint);
        let version_repr = version.map_or_else(|| "None".to_owned(), |v| format!("Version('{v}')"));
        let id = md5_hex(&format!("('{identity}', '{interface}', {version_repr})"));
        Self {
            id,
            identity,
            version: version.map(|v| v.to_string()),
            endpoint: endpoint.as_str().to_owned(),
            info: BTreeMap::new(),
        }
    }

    /// The version, when it is one.
    #[must_use]
    pub fn parsed_version(&self) -> Option<Version> {
        self.version.as_deref().and_then(|text| text.parse().ok())
    }

    /// Whether the peer says it understands `feature` (`cancel`, …).
    #[must_use]
    pub fn understands(&self, feature: &str) -> bool {
        let features = self.info.get("features").and_then(|value| value.as_array());
        features.is_some_and(|names| names.iter().any(|name| name == feature))
    }
}

/// The identity of the process at `endpoint`: md5 of the endpoint as Python writes a one-tuple.
#[must_use]
pub fn identity_of(endpoint: &Endpoint) -> String {
    md5_hex(&format!("('{endpoint}',)"))
}

fn md5_hex(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The instances of one interface as they are known now, kept while the registry is away.
pub type Instances = watch::Receiver<Arc<Vec<Instance>>>;

/// What a registry could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RegistryError(pub String);

/// Finds the instances of interfaces and makes this process's own known.
pub trait Registry: Send + Sync + 'static {
    /// Makes `instance` known under `interface` until [`Self::deregister`] or this process ends.
    fn register<'a>(
        &'a self,
        interface: &'a str,
        instance: Instance,
    ) -> BoxFuture<'a, Result<(), RegistryError>>;

    /// Takes the instance back at once.
    fn deregister<'a>(&'a self, interface: &'a str, id: &'a str) -> BoxFuture<'a, Result<(), RegistryError>>;

    /// A view of the interface's instances that follows every change; the first answer is in it
    /// already. Cheap to call again: one watch serves all callers of a process.
    fn watch<'a>(&'a self, interface: &'a str) -> BoxFuture<'a, Result<Instances, RegistryError>>;

    /// Names of all interfaces ever registered; some may have no instance now.
    fn interfaces(&self) -> BoxFuture<'_, Result<Vec<String>, RegistryError>>;

    /// Ends the session; whatever is still registered disappears at once.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// Names and ids become steps of a path, at least in some registries; so none take others.
fn check_name(name: &str) -> Result<(), RegistryError> {
    let unusable = name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']);
    if unusable { Err(RegistryError(format!("`{name}` cannot be registered or looked up"))) } else { Ok(()) }
}
