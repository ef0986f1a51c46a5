//! What a handler knows of the request or event that it works on.

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use crate::backend::Backend;
use crate::emit::{Emit, Event};
use crate::message::Text;
use crate::{Endpoint, Headers};

/// The circumstances of one request or event: who asked, until when, under which trace.
///
/// Cheap to clone. Clients made from it (`GreetingClient::new(cx)`) pass the trace id on and
/// never wait longer than the caller does.
#[derive(Clone)]
pub struct Context(Arc<Circumstances>);

/// In one piece of memory: a context is handed on often.
struct Circumstances {
    backend: Backend,
    trace_id: Text,
    deadline: Option<Instant>,
    raw_headers: Raw,
    /// The same, once somebody has asked for them.
    headers: OnceLock<Box<Headers>>,
    caller: Option<Endpoint>,
    delivery: Option<DeliveryInfo>,
}

/// Bytes of headers that need no memory of their own: those that lymph itself sends.
const SHORT: usize = 118;

enum Raw {
    Short(u8, [u8; SHORT]),
    Long(Box<[u8]>),
}

impl Raw {
    fn new(raw: &[u8]) -> Self {
        if raw.len() > SHORT {
            return Self::Long(raw.into());
        }
        let mut short = [0; SHORT];
        short[..raw.len()].copy_from_slice(raw);
        Self::Short(raw.len() as u8, short)
    }

    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Short(len, bytes) => &bytes[..usize::from(*len)],
            Self::Long(bytes) => bytes,
        }
    }
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
    /// Of a request; its headers are read when somebody asks for them.
    pub(crate) fn of_request(
        backend: Backend,
        trace_id: Text,
        deadline: Instant,
        raw_headers: &[u8],
        caller: Endpoint,
    ) -> Self {
        Self(Arc::new(Circumstances {
            backend,
            trace_id,
            deadline: Some(deadline),
            raw_headers: Raw::new(raw_headers),
            headers: OnceLock::new(),
            caller: Some(caller),
            delivery: None,
        }))
    }

    /// Of an event or task.
    pub(crate) fn of_event(
        backend: Backend,
        trace_id: Text,
        headers: Headers,
        delivery: DeliveryInfo,
    ) -> Self {
        Self(Arc::new(Circumstances {
            backend,
            trace_id,
            deadline: None,
            raw_headers: Raw::new(&[]),
            headers: Box::new(headers).into(),
            caller: None,
            delivery: Some(delivery),
        }))
    }

    /// The id that stands in every log line, call and event that this request leads to.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        self.0.trace_id.as_str()
    }

    pub(crate) fn trace(&self) -> &Text {
        &self.0.trace_id
    }

    /// When the caller stops waiting; `None` for events.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }

    /// What travelled beside the body; keys that lymph does not know are kept.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        self.0.headers.get_or_init(|| Box::new(Headers::read(self.0.raw_headers.as_slice())))
    }

    /// Where the request came from; `None` for events.
    #[must_use]
    pub fn caller(&self) -> Option<&Endpoint> {
        self.0.caller.as_ref()
    }

    /// Which event this is; `None` for requests.
    #[must_use]
    pub fn delivery(&self) -> Option<&DeliveryInfo> {
        self.0.delivery.as_ref()
    }

    /// Publishes `event` under this trace; awaiting it waits for the broker's confirmation.
    pub fn emit<V: Event>(&self, event: V) -> Emit {
        Emit::event(self.0.backend.clone(), &event, Some(&self.0.trace_id))
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.0.backend
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("trace_id", &self.0.trace_id)
            .field("deadline", &self.0.deadline)
            .field("caller", &self.0.caller)
            .field("delivery", &self.0.delivery)
            .finish_non_exhaustive()
    }
}
