//! Sections whose keys belong to users: interfaces, plugins, dependencies.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::ConfigError;
use super::de;
use super::error::Problem;
use super::tree::{Kind, Node};

/// A section that is read by whoever it is meant for, with the places of its values kept for errors.
///
/// ```
/// let config: lymph::config::Config = "interfaces: {echo: {class: 'echo', mails: {per_hour: 10}}}".parse().unwrap();
/// let section = &config.interfaces["echo"].settings;
/// assert_eq!(section.get::<u32>("mails.per_hour").unwrap(), Some(10));
///
/// #[derive(serde::Deserialize)]
/// struct Mails { per_hour: u32 }
/// assert_eq!(section.get::<Mails>("mails").unwrap().unwrap().per_hour, 10);
/// ```
#[derive(Clone)]
pub struct Section {
    node: Arc<Node>,
    dependencies: Option<Arc<Node>>,
}

impl Section {
    pub(crate) fn new(node: Node, dependencies: Option<Arc<Node>>) -> Self {
        Self { node: Arc::new(node), dependencies }
    }

    /// Reads what stands behind `path`, a key or several joined by dots; `None` when nothing does.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it is no `T`, with its file, line and column.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ConfigError> {
        match self.find(path)? {
            None => Ok(None),
            Some(node) => de::read(node).map(Some).map_err(Into::into),
        }
    }

    /// Reads what stands behind `path`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when nothing does or it is no `T`.
    pub fn require<T: DeserializeOwned>(&self, path: &str) -> Result<T, ConfigError> {
        let missing = || Problem::at(&self.node.place, format!("`{path}` is missing")).into();
        self.get(path)?.ok_or_else(missing)
    }

    /// Reads the whole section.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it is no `T`; give `T` `#[serde(deny_unknown_fields)]` to hear of keys
    /// that are misspelt.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        de::read(&self.node).map_err(Into::into)
    }

    /// The section behind `path`, or the dependency that it names as `dep:NAME`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it is no section or there is no such dependency.
    pub fn section(&self, path: &str) -> Result<Option<Self>, ConfigError> {
        let Some(node) = self.find(path)? else { return Ok(None) };
        match node.kind {
            Kind::Map(_) => Ok(Some(Self::new(node.clone(), self.dependencies.clone()))),
            _ => Err(Problem::at(&node.place, format!("expected a section, found {}", node.found())).into()),
        }
    }

    /// Its keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.node.entries().unwrap_or_default().iter().map(|entry| &*entry.key)
    }

    /// A mistake at this section.
    pub(crate) fn problem(&self, message: String) -> Problem {
        Problem::at(&self.node.place, message)
    }

    fn find(&self, path: &str) -> Result<Option<&Node>, ConfigError> {
        let mut node = Some(&*self.node);
        for key in path.split('.') {
            node = node.and_then(|node| node.get(key));
            if let Some(name) = node.and_then(Node::text).and_then(|text| text.strip_prefix("dep:")) {
                let place = node.map(|node| node.place.clone());
                node = self.dependencies.as_ref().and_then(|dependencies| dependencies.get(name));
                if node.is_none() {
                    let message = format!("no dependency `{name}`");
                    return Err(Problem { place, ..Problem::new(message) }.into());
                }
            }
        }
        Ok(node.filter(|node| !matches!(node.kind, Kind::Null)))
    }
}

impl fmt::Debug for Section {
    /// Its keys; values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}
