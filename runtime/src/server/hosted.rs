//! The interfaces of one process, by name and version.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::describe::MethodKind;
use crate::service::Service;
use crate::{Error, Version};

/// The name of the interface that every instance serves.
pub(crate) const BUILTIN: &str = "lymph";

/// Services by interface name, oldest version first.
#[derive(Default, Clone)]
pub(crate) struct Hosted {
    services: BTreeMap<&'static str, Vec<Arc<dyn Service>>>,
}

impl Hosted {
    pub(crate) fn new(services: impl IntoIterator<Item = Arc<dyn Service>>) -> Result<Self, Error> {
        let mut hosted = Self::default();
        for service in services {
            let interface = service.interface();
            let versions = hosted.services.entry(interface.name).or_default();
            if versions.iter().any(|other| other.interface().version == interface.version) {
                return Err(Error::Config(format!(
                    "interface `{}` {} is served twice",
                    interface.name, interface.version
                )));
            }
            versions.push(service);
            versions.sort_by_key(|service| service.interface().version);
        }
        Ok(hosted)
    }

    /// All services, by name, oldest version first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Service>> {
        self.services.values().flatten()
    }

    /// The newest version of each interface.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Arc<dyn Service>> {
        self.services.values().filter_map(|versions| versions.last())
    }

    pub(crate) fn is_builtin(&self, service: &Arc<dyn Service>) -> bool {
        service.interface().name == BUILTIN
    }

    /// The service and method behind a request's subject; no version asked means the newest.
    ///
    /// For the built-in interface the version is ignored: Python's tools send that of the interface
    /// by which they found the instance.
    pub(super) fn find(
        &self,
        subject: &str,
        version: Option<&str>,
    ) -> Option<(Arc<dyn Service>, &'static str)> {
        let (interface, method) = subject.rsplit_once('.')?;
        let versions = self.services.get(interface)?;
        let service = match version.filter(|_| interface != BUILTIN) {
            None => versions.last()?,
            Some(text) => {
                let asked: Version = text.parse().ok()?;
                let exact = versions.iter().find(|service| service.interface().version == asked);
                exact.or_else(|| versions.iter().rfind(|s| s.interface().version.answers(asked)))?
            }
        };
        let methods = service.interface().methods.iter().filter(|info| info.kind != MethodKind::Task);
        let info = methods.into_iter().find(|info| info.name == method || info.aliases.contains(&method))?;
        Some((Arc::clone(service), info.name))
    }
}
