//! The interfaces of one process, by name and version.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use crate::codec::Encoder;
use crate::describe::MethodKind;
use crate::hash::QuickHash;
use crate::metrics::MethodMetrics;
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
}

/// One method of one version, and all that its calls share.
pub(crate) struct Target {
    pub(super) service: Arc<dyn Service>,
    pub(super) method: &'static str,
    /// Whether it belongs to the interface that every instance serves.
    pub(super) is_builtin: bool,
    /// Headers of its answers, up to the value of `trace_id`.
    pub(super) headers: Vec<u8>,
    pub(super) metrics: Arc<MethodMetrics>,
    /// How many of the next calls run in tasks of their own from the start.
    pub(super) apart: AtomicU32,
    /// Whether the latest handler kept its connection waiting for long.
    pub(super) was_long: AtomicBool,
    /// Whether this is the newest version of the interface here.
    is_newest: bool,
    version: Version,
    version_text: String,
}

impl Target {
    fn new(service: &Arc<dyn Service>, method: &'static str, is_newest: bool) -> Self {
        let interface = service.interface();
        let version_text = interface.version.to_string();
        Self {
            service: Arc::clone(service),
            method,
            is_builtin: interface.name == BUILTIN,
            headers: answer_headers(Some(&version_text)),
            metrics: Arc::new(MethodMetrics::new(format!("{}.{method}", interface.name))),
            apart: AtomicU32::new(0),
            was_long: AtomicBool::new(false),
            is_newest,
            version: interface.version,
            version_text,
        }
    }
}

/// Headers of answers, up to the value of `trace_id`.
pub(super) fn answer_headers(version: Option<&str>) -> Vec<u8> {
    let mut encoder = Encoder::new();
    encoder.map(2);
    encoder.field("version", &version);
    encoder.str("trace_id");
    encoder.into_vec()
}

/// Methods by what requests call them, `Interface.method`; oldest version first.
pub(crate) struct Targets(HashMap<Box<[u8]>, Vec<Arc<Target>>, QuickHash>);

impl Targets {
    pub(crate) fn new(hosted: &Hosted) -> Self {
        let mut targets: HashMap<_, Vec<_>, _> = HashMap::default();
        for service in hosted.iter() {
            let interface = service.interface();
            let is_newest = hosted.newest().any(|newest| Arc::ptr_eq(newest, service));
            for info in interface.methods.iter().filter(|info| info.kind != MethodKind::Task) {
                let target = Arc::new(Target::new(service, info.name, is_newest));
                for name in std::iter::once(&info.name).chain(info.aliases) {
                    let subject = format!("{}.{name}", interface.name).into_bytes().into();
                    targets.entry(subject).or_default().push(Arc::clone(&target));
                }
            }
        }
        Self(targets)
    }

    /// The method behind a request's subject; no version asked means the newest.
    ///
    /// For the built-in interface the version is ignored: Python's tools send that of the interface
    /// by which they found the instance.
    pub(super) fn find(&self, subject: &[u8], version: Option<&[u8]>) -> Option<&Arc<Target>> {
        let versions = self.0.get(subject)?;
        let newest = versions.last()?;
        let Some(text) = version.filter(|_| !newest.is_builtin) else {
            return newest.is_newest.then_some(newest);
        };
        if text == newest.version_text.as_bytes() {
            return Some(newest);
        }
        let asked: Version = std::str::from_utf8(text).ok()?.parse().ok()?;
        let exact = versions.iter().find(|target| target.version == asked);
        exact.or_else(|| versions.iter().rfind(|target| target.version.answers(asked)))
    }

    /// The counters of all methods, once each.
    pub(crate) fn metrics(&self) -> Vec<Arc<MethodMetrics>> {
        let mut all: Vec<_> = self.0.values().flatten().map(|target| Arc::clone(&target.metrics)).collect();
        // One that has other names stands there several times.
        all.sort_by_key(|metrics| Arc::as_ptr(metrics).addr());
        all.dedup_by(|a, b| Arc::ptr_eq(a, b));
        all
    }
}
