//! The interface `lymph`, which every process serves: is it alive, what does it offer, how is it doing?
//!
//! Its schema is `schemas/lymph.lymph`; `generated.rs` comes from it like anybody's code.

#[rustfmt::skip]
mod generated;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;

use crate::describe::{Interface, MethodKind};
use crate::metrics::Metrics;
use crate::node::Node;
use crate::registry::identity_of;
use crate::service::Service;
use crate::types::Map;
use crate::{Context, Fault, OrInternal, Value, logging};

use generated::lymph_::{
    ChangeLoglevelRequest, Inspection, LogLevel, Lymph, LymphServer, MethodDescription, PingRequest,
    SchemaError, SchemaRequest, SchemaText, Status, UnknownInterface,
};

/// The longest that another log level may last.
const MAX_LOGLEVEL_SECONDS: f64 = 24.0 * 60.0 * 60.0;

/// What the built-in interface knows of its process.
pub(crate) struct Builtin {
    node: Arc<Node>,
    interfaces: Vec<&'static Interface>,
    metrics: Arc<Metrics>,
    /// The change of log levels in force.
    changed: Mutex<Option<Changed>>,
}

/// Log levels that are not those the process started with.
struct Changed {
    /// What to go back to.
    before: String,
    reset: AbortHandle,
}

impl Builtin {
    pub(crate) fn service(
        node: Arc<Node>,
        services: &[Arc<dyn Service>],
        metrics: Arc<Metrics>,
    ) -> Arc<dyn Service> {
        let interfaces = services.iter().map(|service| service.interface()).collect();
        let builtin = Self { node, interfaces, metrics, changed: Mutex::default() };
        Arc::new(LymphServer::new(builtin))
    }

    /// All interfaces, this one included.
    fn interfaces(&self) -> impl Iterator<Item = &'static Interface> {
        self.interfaces.iter().copied().chain([&generated::lymph_::LYMPH])
    }
}

impl Lymph for Builtin {
    async fn ping(&self, _: &Context, request: PingRequest) -> Result<Value, Fault> {
        Ok(request.payload.unwrap_or(Value::Nil))
    }

    async fn status(&self, _: &Context) -> Result<Status, Fault> {
        let endpoint = self.node.endpoint();
        Ok(Status::new(endpoint.as_str(), identity_of(endpoint)))
    }

    async fn inspect(&self, _: &Context) -> Result<Inspection, Fault> {
        let describe = |interface: &'static Interface| {
            let callable = interface.methods.iter().filter(|method| method.kind != MethodKind::Task);
            callable.map(|method| {
                let params = method.params.iter().map(|param| param.name.to_owned()).collect::<Vec<_>>();
                MethodDescription::new(format!("{}.{}", interface.name, method.name), params)
                    .with_version(interface.version.to_string())
                    .with_help(method.docs)
            })
        };
        Ok(Inspection::new(self.interfaces().flat_map(describe).collect::<Vec<_>>()))
    }

    async fn get_metrics(&self, _: &Context) -> Result<Vec<Vec<Value>>, Fault> {
        let row = |sample: crate::metrics::Sample| {
            let tags = sample.tags.into_iter().map(|(name, value)| (Value::from(name), Value::from(value)));
            vec![Value::from(sample.name), Value::from(sample.value), Value::Map(tags.collect())]
        };
        Ok(self.metrics.samples().into_iter().map(row).collect())
    }

    async fn change_loglevel(&self, _: &Context, request: ChangeLoglevelRequest) -> Result<(), Fault> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let before = changed.as_ref().map(|changed| changed.before.clone());
        let before = before.or_else(logging::directives).unwrap_or_else(|| "info".to_owned());
        let level = level_directive(&request.loglevel);
        // Python names its loggers with dots, Rust its targets with colons.
        let target = request.qualname.replace('.', "::");
        let change = if target.is_empty() { level.to_owned() } else { format!("{before},{target}={level}") };
        // Until this one is in force, the one before it stays, and ends when it should.
        logging::change(&change).or_internal()?;
        if let Some(Changed { reset, .. }) = changed.take() {
            reset.abort();
        }
        tracing::info!(target, level, seconds = request.period, "log level changed");
        let period = Duration::from_secs_f64(request.period.clamp(0.0, MAX_LOGLEVEL_SECONDS));
        let original = before.clone();
        let reset = tokio::spawn(async move {
            tokio::time::sleep(period).await;
            if let Err(error) = logging::change(&original) {
                tracing::warn!(%error, "could not reset the log level");
            }
        });
        *changed = Some(Changed { before, reset: reset.abort_handle() });
        Ok(())
    }

    async fn schema(
        &self,
        _: &Context,
        request: SchemaRequest,
    ) -> Result<Vec<SchemaText>, Fault<SchemaError>> {
        let SchemaRequest { interface: name, version, .. } = request;
        let mut found: Map<&str, Vec<&Interface>> = Map::new();
        for interface in self.interfaces() {
            let wanted_name = name.as_deref().is_none_or(|name| name == interface.name);
            let wanted_version = version.as_deref().is_none_or(|text| text == interface.version.to_string());
            if wanted_name && wanted_version {
                found.entry(interface.name).or_default().push(interface);
            }
        }
        if found.is_empty() {
            let unknown = UnknownInterface::new(name.unwrap_or_default());
            return Err(version.into_iter().fold(unknown, UnknownInterface::with_version).into());
        }
        let newest = found.into_values().filter_map(|all| all.into_iter().max_by_key(|one| one.version));
        Ok(newest.map(|one| SchemaText::new(one.name, one.version.to_string(), one.idl)).collect())
    }
}

impl Drop for Builtin {
    fn drop(&mut self) {
        let changed = self.changed.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Changed { reset, .. }) = changed.take() {
            reset.abort();
        }
    }
}

fn level_directive(level: &LogLevel) -> &'static str {
    match level.as_str() {
        "DEBUG" => "debug",
        "WARNING" => "warn",
        "ERROR" | "CRITICAL" => "error",
        _ => "info",
    }
}
