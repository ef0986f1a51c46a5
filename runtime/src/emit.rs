//! Publishing events and tasks.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};

use crate::backend::Backend;
use crate::codec::ForeignType;
use crate::error::EmitError;
use crate::events::{Emitted, Outgoing};
use crate::message::Text;
use crate::{Decode, Encode, Headers, codec, new_id};

/// How long an emit waits for the broker unless told otherwise.
pub(crate) const EMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// Something that happened; implemented by generated structs.
pub trait Event: Encode + Decode + Send + 'static {
    /// The routing key.
    const TOPIC: &'static str;
    /// Former routing keys: consumers of those get the event too.
    const ALIASES: &'static [&'static str] = &[];
    /// The version of the package that declares it.
    const VERSION: crate::Version;
    /// How long it is worth something in a queue; `None`: for ever.
    const TTL: Option<Duration> = None;
}

/// An event or task about to be published: await it, with options before that.
#[must_use = "nothing is published until it is awaited"]
pub struct Emit {
    backend: Backend,
    topics: Vec<String>,
    body: Result<Bytes, ForeignType>,
    headers: Headers,
    delay: Duration,
    ttl: Option<Duration>,
    timeout: Duration,
}

impl Emit {
    /// One of a schema.
    pub(crate) fn event<V: Event>(backend: Backend, event: &V, trace_id: Option<&Text>) -> Self {
        let mut emit = Self::new(backend, V::TOPIC, event, trace_id);
        emit.topics.extend(V::ALIASES.iter().copied().map(str::to_owned));
        emit.ttl = V::TTL;
        emit
    }

    pub(crate) fn new(
        backend: Backend,
        topic: &str,
        body: &(impl Encode + ?Sized),
        trace_id: Option<&Text>,
    ) -> Self {
        let mut headers = Headers::new();
        match trace_id {
            Some(trace_id) => headers.insert("trace_id", trace_id.as_str()),
            None => headers.insert("trace_id", &*new_id()),
        }
        Self {
            backend,
            topics: vec![topic.to_owned()],
            body: codec::to_safe_bytes(body),
            headers,
            delay: Duration::ZERO,
            ttl: None,
            timeout: EMIT_TIMEOUT,
        }
    }

    /// Delivers it no earlier than `delay` from now; the wait survives a restart of the broker.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits for the broker no longer than this.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<crate::Value>) -> Self {
        self.headers.insert(name, value);
        self
    }

    async fn publish(self) -> Result<Emitted, EmitError> {
        let body = self.body?;
        let mut emitted = Emitted { subscribed: false };
        // One event, whatever it is called: who hears both names can tell that it is the same.
        let id = uuid::Uuid::now_v7().to_string();
        for topic in self.topics {
            let event = Outgoing {
                topic,
                id: id.clone(),
                headers: self.headers.clone(),
                body: body.clone(),
                source: self.backend.identity().to_owned(),
                delay: self.delay,
                ttl: self.ttl,
            };
            emitted.subscribed |= self.backend.emit(event, self.timeout).await?.subscribed;
        }
        Ok(emitted)
    }
}

impl std::fmt::Debug for Emit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emit")
            .field("topics", &self.topics)
            .field("delay", &self.delay)
            .finish_non_exhaustive()
    }
}

impl IntoFuture for Emit {
    type Output = Result<Emitted, EmitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> BoxFuture<'static, Self::Output> {
        self.publish().boxed()
    }
}
