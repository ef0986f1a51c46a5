//! What a handler knows of the request or event that it works on.

use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use crate::backend::Backend;
use crate::emit::{Emit, Event};
use crate::{Endpoint, Headers};

/// The circumstances of one request or event: who asked, until when, under which trace.
///
/// Cheap to clone. Clients made from it (`GreetingClient::new(cx)`) pass the trace id on and
/// never wait longer than the caller does.
#[derive(Clone)]
pub struct Context {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) trace_id: Arc<str>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) headers: Headers,
    pub(crate) caller: Option<Endpoint>,
    pub(crate) delivery: Option<DeliveryInfo>,
}

/// Which event a handler works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryInfo {
    /// The topic it was published with.
    pub topic: String,
    /// The same for every try; empty when the emitter gave none.
    pub event_id: String,
    /// Tries before this one.
    pub attempt: u32,
    /// Whether it may have been handled before.
    pub redelivered: bool,
}

impl Context {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// The id that stands in every log line, call and event that this request leads to.
    #[must_use]
    pub fn trace_id(&self) -> &Arc<str> {
        &self.inner.trace_id
    }

    /// When the caller stops waiting; `None` for events.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.inner.deadline
    }

    /// What travelled beside the body; keys that lymph does not know are kept.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.inner.headers
    }

    /// Where the request came from; `None` for events.
    #[must_use]
    pub fn caller(&self) -> Option<&Endpoint> {
        self.inner.caller.as_ref()
    }

    /// Which event this is; `None` for requests.
    #[must_use]
    pub fn delivery(&self) -> Option<&DeliveryInfo> {
        self.inner.delivery.as_ref()
    }

    /// Publishes `event` under this trace; awaiting it waits for the broker's confirmation.
    pub fn emit<V: Event>(&self, event: V) -> Emit {
        Emit::event(Arc::clone(self.backend()), &event, Some(Arc::clone(self.trace_id())))
    }

    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.inner.backend
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("trace_id", &self.inner.trace_id)
            .field("deadline", &self.inner.deadline)
            .field("caller", &self.inner.caller)
            .field("delivery", &self.inner.delivery)
            .finish_non_exhaustive()
    }
}
