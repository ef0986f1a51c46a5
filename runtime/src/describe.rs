//! What a schema says, as constants that generated code holds and the runtime reads.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use crate::Version;

/// An interface as its schema declares it.
#[derive(Debug)]
pub struct Interface {
    /// The name it registers under.
    pub name: &'static str,
    /// The package's version.
    pub version: Version,
    /// Doc comment; may be empty.
    pub docs: &'static str,
    /// `rpc`, `oneway` and `task` methods, in the schema's order.
    pub methods: &'static [MethodInfo],
    /// `on` declarations, in the schema's order.
    pub handlers: &'static [HandlerInfo],
    /// Topics it says it emits.
    pub emits: &'static [&'static str],
    /// The schema's canonical text, for reflection.
    pub idl: &'static str,
}

/// How a method is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// The caller waits for the result.
    Rpc,
    /// Nobody waits.
    Oneway,
    /// Published for workers.
    Task,
}

/// One method of an [`Interface`].
#[derive(Debug)]
pub struct MethodInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// Former wire names that are still served.
    pub aliases: &'static [&'static str],
    /// How it is called.
    pub kind: MethodKind,
    /// The version that first had it.
    pub since: Version,
    /// In the schema's order.
    pub params: &'static [ParamInfo],
    /// Doc comment; may be empty.
    pub docs: &'static str,
    /// May be sent again after an unknown outcome.
    pub idempotent: bool,
    /// Deadline of calls that do not set their own.
    pub timeout: Option<Duration>,
    /// How tasks are delivered; [`Delivery::SHARED`] for others.
    pub delivery: Delivery,
}

/// One parameter of a [`MethodInfo`].
#[derive(Debug)]
pub struct ParamInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// The version that first had it.
    pub since: Version,
}

/// One `on` declaration of an [`Interface`].
#[derive(Debug)]
pub struct HandlerInfo {
    /// The handler's name, part of its queue's name.
    pub name: &'static str,
    /// Topics, with wildcards `*` (one word) and `#` (any number).
    pub topics: &'static [&'static str],
    /// How events reach it.
    pub delivery: Delivery,
}

/// How events and tasks reach their handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Who gets an event, and in which order.
    pub mode: DeliveryMode,
    /// Tries after the first one.
    pub retries: u32,
    /// Whether the queue outlives the broker.
    pub durable: bool,
    /// A queue name of the schema's own.
    pub queue: Option<&'static str>,
}

impl Delivery {
    /// One instance each, several at once, no retries, durable.
    pub const SHARED: Self = Self { mode: DeliveryMode::Shared, retries: 0, durable: true, queue: None };
}

/// Who gets an event, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryMode {
    /// One instance each; several at once.
    Shared,
    /// One instance each, one at a time.
    Sequential,
    /// Every instance.
    Broadcast,
    /// In order per key.
    Serial {
        /// Wire name of the event's field.
        key: &'static str,
        /// Number of queues.
        partitions: u16,
    },
}

/// One method with its types: shared by clients, mocks and tools.
///
/// `Q` is the request as a server sees it, `R` the result, `E` the declared errors.
pub struct Method<Q, R, E> {
    interface: &'static Interface,
    index: usize,
    types: PhantomData<fn(Q) -> (R, E)>,
}

impl<Q, R, E> Method<Q, R, E> {
    /// The method at `index` of `interface`; for generated code.
    #[must_use]
    pub const fn new(interface: &'static Interface, index: usize) -> Self {
        Self { interface, index, types: PhantomData }
    }

    /// The interface that declares it.
    #[must_use]
    pub const fn interface(&self) -> &'static Interface {
        self.interface
    }

    /// What the schema says of it.
    #[must_use]
    pub const fn info(&self) -> &'static MethodInfo {
        &self.interface.methods[self.index]
    }
}

impl<Q, R, E> Clone for Method<Q, R, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R, E> Copy for Method<Q, R, E> {}

impl<Q, R, E> fmt::Debug for Method<Q, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.interface.name, self.info().name)
    }
}
