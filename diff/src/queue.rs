//! The queue behind a handler or a task, as services declare it at the broker.

use lymph_idl::Schema;
use lymph_idl::model::{Delivery, DeliveryMode, Handler, Interface, Method, MethodKind, Subscription};

use crate::matching::InterfaceMembers;
use crate::pair::Pair;

/// What a broker compares when a queue is declared that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queue {
    /// Of a broadcast handler without the part that is each instance's own.
    pub name: String,
    /// Whether it outlives the broker.
    pub durable: bool,
    /// Whether one instance at a time consumes it.
    pub one_consumer: bool,
}

impl Queue {
    /// That of a handler.
    pub(crate) fn of(interface: &Interface, handler: &Handler) -> Self {
        Self::named(&interface.meta.wire, &handler.meta.wire, &handler.delivery)
    }

    fn named(interface: &str, member: &str, delivery: &Delivery) -> Self {
        let Delivery { mode, retries: _, durable, queue } = delivery;
        let kept = if *durable { "durable" } else { "transient" };
        let base = queue.clone().unwrap_or_else(|| format!("{interface}-{member}.{kept}"));
        let name = match mode {
            DeliveryMode::Shared | DeliveryMode::Sequential => base,
            DeliveryMode::Broadcast => format!("{base}.*"),
            // What its partitions are filled from.
            DeliveryMode::Serial { .. } => format!("{base}.push"),
        };
        let one_consumer = matches!(mode, DeliveryMode::Sequential | DeliveryMode::Serial { .. });
        Self { name, durable: *durable, one_consumer }
    }

    /// Whether instances of the other version find it there under its name and are refused.
    pub(crate) fn conflicts(&self, other: &Self) -> bool {
        self.name == other.name && self != other
    }
}

/// The queues of a method that is a task on both sides.
pub(crate) fn task_queues(interfaces: Pair<&Interface>, tasks: Pair<&Method>) -> Option<Pair<Queue>> {
    let queue = |(interface, task): (&Interface, &Method)| {
        Queue::named(&interface.meta.wire, &task.meta.wire, &task.delivery)
    };
    let are_tasks = tasks.map(|task| task.kind) == Pair::new(MethodKind::Task, MethodKind::Task);
    are_tasks.then(|| interfaces.zip(tasks).map(queue))
}

/// The queues of a handler.
pub(crate) fn handler_queues(interfaces: Pair<&Interface>, handlers: Pair<&Handler>) -> Pair<Queue> {
    interfaces.zip(handlers).map(|(interface, handler)| Queue::of(interface, handler))
}

/// Handlers whose queue is declared in two ways under one name.
pub(crate) fn refused<'a>(
    interfaces: Pair<&Interface>,
    members: &InterfaceMembers<'_, 'a>,
) -> impl Iterator<Item = Pair<&'a Handler>> {
    members.handlers.pairs.iter().copied().filter(move |handlers| {
        let queues = handler_queues(interfaces, *handlers);
        queues.old.conflicts(&queues.new)
    })
}

/// Whether every instance has a queue of its own, which expires after it.
pub(crate) fn is_broadcast(handler: &Handler) -> bool {
    handler.delivery.mode == DeliveryMode::Broadcast
}

/// Whether the queue is shared out to partitions.
pub(crate) fn is_serial(handler: &Handler) -> bool {
    matches!(handler.delivery.mode, DeliveryMode::Serial { .. })
}

/// The field by which a serial handler keeps events in order, as it travels.
pub(crate) fn order_key<'a>(schema: &'a Schema, handler: &'a Handler) -> Option<&'a str> {
    let DeliveryMode::Serial { key, .. } = &handler.delivery.mode else { return None };
    let Subscription::Event(event) = handler.subscription else { return None };
    let fields = &schema.event(event).record.fields;
    fields.iter().find(|field| field.meta.name.value == *key).map(|field| &*field.meta.wire)
}
