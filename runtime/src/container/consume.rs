//! From a delivery to its handler: which queues a process consumes, and what it does with each event.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tracing::Instrument;

use crate::Context;
use crate::backend::Backend;
use crate::context::DeliveryInfo;
use crate::describe::{Interface, MethodKind};
use crate::events::{Consumer, Delivered, Outcome, Subscription};
use crate::message::{Text, random_id};
use crate::node::Node;
use crate::service::{IncomingEvent, Service};

use super::settings::{Role, Settings};

/// A queue and the handler that its deliveries go to.
pub(super) struct Planned {
    pub(super) handler: &'static str,
    pub(super) settings: Subscription,
}

/// The queues an instance (its `on` handlers) or a worker (its tasks) consumes.
pub(super) fn subscriptions(interface: &'static Interface, settings: &Settings) -> Vec<Planned> {
    let plan = |handler: &'static str, topics: Vec<String>, delivery: crate::describe::Delivery| Planned {
        handler,
        settings: Subscription {
            queue: delivery.queue.map_or_else(|| format!("{}-{handler}", interface.name), str::to_owned),
            topics,
            delivery,
            concurrency: settings.event_concurrency,
            python_compatible: settings.python_queues.contains(interface.name),
        },
    };
    match settings.role {
        Role::Instance => interface
            .handlers
            .iter()
            .map(|info| {
                let topics = info.topics.iter().map(|topic| (*topic).to_owned()).collect();
                plan(info.name, topics, info.delivery)
            })
            .collect(),
        Role::Worker => interface
            .methods
            .iter()
            .filter(|method| method.kind == MethodKind::Task)
            .map(|method| {
                let names = std::iter::once(&method.name).chain(method.aliases);
                let topics = names.map(|name| format!("lymph.tasks.{}.{name}", interface.name)).collect();
                plan(method.name, topics, method.delivery)
            })
            .collect(),
    }
}

/// Runs the handler for each delivery; a panic counts as a failure.
pub(super) fn consumer(node: &Arc<Node>, service: &Arc<dyn Service>, handler: &'static str) -> Consumer {
    let (node, service) = (Arc::clone(node), Arc::clone(service));
    Arc::new(move |delivered: Delivered| {
        let trace_id = delivered.headers.get_str("trace_id");
        let trace_id = trace_id.map_or_else(|| random_id().into(), Text::new);
        let interface = service.interface().name;
        let span = tracing::info_span!("event", %trace_id, topic = %delivered.topic, interface, handler);
        let delivery = DeliveryInfo {
            topic: delivered.topic.clone(),
            event_id: delivered.id.clone(),
            attempt: delivered.attempt,
            redelivered: delivered.redelivered,
        };
        let backend = Backend::Node(Arc::clone(&node));
        let cx = Context::of_event(backend, trace_id, delivered.headers.clone(), delivery);
        let service = Arc::clone(&service);
        let work = async move { service.handle(handler, IncomingEvent::new(cx, delivered)).await };
        async move {
            AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
                tracing::error!("event handler panicked");
                Outcome::Retry
            })
        }
        .instrument(span)
        .boxed()
    })
}
