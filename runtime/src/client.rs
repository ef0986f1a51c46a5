//! Calling other services: options, deadlines, and the truth about what happened.

mod calling;

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::FutureExt;
use tokio::time::Instant;

use crate::backend::{BESIDE_BYTES, Backend, Body, Failure, NewerParameter, OutgoingCall, Wants};
use crate::codec::{Document, ForeignType};
use crate::describe::MethodInfo;
use crate::emit::{Emit, Event};
use crate::error::{CallError, DeclaredError, NoErrors};
use crate::message::{Text, random_id};
use crate::{Context, Decode, Encode, Encoder, Endpoint, Headers, Method, Value, Version, codec};

use calling::Answered;
pub use calling::{Calling, Sending};

/// How long a call waits when neither it nor its method says otherwise.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// Longer ones mean the same, and `Duration::MAX` from now is beyond what a clock can say.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Arguments as a caller gives them; implemented by generated `…Args` types.
pub trait Arguments: Encode {
    /// Appends the indices of parameters that are newer than their method and hold more than
    /// their default, so that they cannot be left out.
    fn held(&self, held: &mut Vec<u16>) {
        let _ = held;
    }

    /// Writes them as a request or task has them: one map by name.
    fn write(&self, encoder: &mut Encoder) {
        self.encode(encoder);
    }
}

impl Arguments for () {
    /// Nil would say so as well, but a server whose method has parameters by now reads a map.
    fn write(&self, encoder: &mut Encoder) {
        encoder.map(0);
    }
}

/// Arguments as the body of a message.
struct Written<'a, A>(&'a A);

impl<A: Arguments> Encode for Written<'_, A> {
    fn encode(&self, encoder: &mut Encoder) {
        self.0.write(encoder);
    }
}

/// Makes calls and emits events; generated clients wrap it. Cheap to clone.
///
/// Made from a running container's [`Handle`](crate::Handle), from a [`Context`] (then it passes
/// the trace id and the deadline on), or from a [`Mock`](crate::Mock).
#[derive(Clone)]
pub struct Client {
    backend: Backend,
    trace_id: Option<Text>,
    deadline: Option<Instant>,
    timeout: Option<Duration>,
}

impl Client {
    pub(crate) fn of(backend: Backend) -> Self {
        Self { backend, trace_id: None, deadline: None, timeout: None }
    }

    /// The timeout of each call that does not set its own, in place of the schema's.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The trace that calls and events belong to; without it each starts one of its own.
    #[must_use]
    pub fn with_trace(mut self, trace_id: impl Into<Arc<str>>) -> Self {
        self.trace_id = Some(Text::new(&trace_id.into()));
        self
    }

    /// Encodes the arguments at once; nothing is sent until the call is awaited.
    pub fn call<Q, R, E>(&self, method: &Method<Q, R, E>, args: &impl Arguments) -> Call<R, E> {
        Call { parts: self.parts(method.interface().name, method.info(), args), types: PhantomData }
    }

    /// Like [`Self::call`], for methods that nobody waits for.
    pub fn oneway<Q, R, E>(&self, method: &Method<Q, R, E>, args: &impl Arguments) -> Oneway {
        Oneway { parts: self.parts(method.interface().name, method.info(), args) }
    }

    /// Publishes a task for workers.
    pub fn task<Q, R, E>(&self, method: &Method<Q, R, E>, args: &impl Arguments) -> Emit {
        let topic = format!("lymph.tasks.{}.{}", method.interface().name, method.info().name);
        Emit::new(self.backend.clone(), &topic, &Written(args), self.trace_id.as_ref())
    }

    /// Calls by name, without a schema: `subject` is `Interface.method`, `args` a map.
    pub fn request(&self, subject: &str, args: &Value) -> Call<Value, NoErrors> {
        // Without a dot there is no method; peers say so.
        let (interface, method) = subject.rsplit_once('.').unwrap_or((subject, ""));
        let parts = CallParts {
            client: self.clone(),
            interface: interface.to_owned().into(),
            method: method.to_owned().into(),
            arguments: codec::to_document(args, BESIDE_BYTES),
            asked: None,
            newer: Vec::new(),
            idempotent: false,
            timeout: None,
            options: None,
        };
        Call { parts, types: PhantomData }
    }

    /// Publishes a declared event.
    pub fn emit<V: Event>(&self, event: V) -> Emit {
        Emit::event(self.backend.clone(), &event, self.trace_id.as_ref())
    }

    /// Publishes by name, without a schema.
    pub fn emit_value(&self, topic: &str, body: &Value) -> Emit {
        Emit::new(self.backend.clone(), topic, body, self.trace_id.as_ref())
    }

    fn parts(
        &self,
        interface: &'static str,
        method: &'static MethodInfo,
        args: &impl Arguments,
    ) -> CallParts {
        let mut held = Vec::new();
        args.held(&mut held);
        let newer: Vec<_> = method
            .params
            .iter()
            .zip(0u16..)
            .filter(|(info, _)| info.since > method.since)
            .map(|(info, index)| NewerParameter { info, held: held.contains(&index) })
            .collect();
        let needed = newer.iter().filter(|parameter| parameter.held).map(|parameter| parameter.info.since);
        let asked = needed.fold(method.since, Version::max);
        CallParts {
            client: self.clone(),
            interface: interface.into(),
            method: method.name.into(),
            arguments: codec::to_document(&Written(args), BESIDE_BYTES),
            asked: Some(asked),
            newer,
            idempotent: method.idempotent,
            timeout: method.timeout,
            options: None,
        }
    }
}

impl From<&Context> for Client {
    fn from(cx: &Context) -> Self {
        Self {
            backend: cx.backend().clone(),
            trace_id: Some(cx.trace().clone()),
            deadline: cx.deadline(),
            timeout: None,
        }
    }
}

impl From<&Client> for Client {
    fn from(client: &Client) -> Self {
        client.clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("trace_id", &self.trace_id).finish_non_exhaustive()
    }
}

/// What a caller may say of one call.
#[derive(Debug, Clone, Default)]
struct Options {
    timeout: Option<Duration>,
    version: Option<Version>,
    at: Option<Endpoint>,
    trace_id: Option<Text>,
    headers: Option<Box<Headers>>,
}

#[derive(Debug, Clone)]
struct CallParts {
    client: Client,
    interface: Cow<'static, str>,
    method: Cow<'static, str>,
    arguments: Result<Document, ForeignType>,
    asked: Option<Version>,
    newer: Vec<NewerParameter>,
    idempotent: bool,
    /// The schema's.
    timeout: Option<Duration>,
    /// Most calls have none.
    options: Option<Box<Options>>,
}

impl CallParts {
    fn options(&mut self) -> &mut Options {
        self.options.get_or_insert_default()
    }

    /// The deadline starts here, when somebody begins to wait.
    fn into_outgoing(self, wants: Wants) -> Result<(Backend, OutgoingCall), Failure> {
        let Self { client, interface, method, arguments, asked, newer, idempotent, timeout, options } = self;
        let body = Body::new(arguments.map_err(|error| Failure::NotSent(error.into()))?);
        let Options { timeout: wanted, version, at, trace_id, headers } =
            options.map_or_else(Options::default, |options| *options);
        let timeout = wanted.or(client.timeout).or(timeout).unwrap_or(CALL_TIMEOUT);
        let begun = Instant::now();
        let own = begun + timeout.min(LONGEST_TIMEOUT);
        let call = OutgoingCall {
            interface,
            method,
            body,
            asked: version.or(asked),
            newer,
            at,
            begun,
            deadline: client.deadline.map_or(own, |inherited| inherited.min(own)),
            trace_id: trace_id.or(client.trace_id).unwrap_or_else(|| random_id().into()),
            headers,
            idempotent,
            wants,
        };
        Ok((client.backend, call))
    }
}

/// A call about to be made: set options, then await it, or keep it for later.
///
/// Borrows of the arguments have ended; dropping it (or its future) cancels the call.
#[must_use = "nothing is sent until it is awaited"]
#[derive(Debug)]
pub struct Call<R, E = NoErrors> {
    parts: CallParts,
    types: PhantomData<fn() -> (R, E)>,
}

/// What came back, with what travelled beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Response<R> {
    /// The result.
    pub result: R,
    /// Headers of the reply.
    pub headers: Headers,
}

impl<R, E> Call<R, E> {
    /// Waits no longer than this, nor longer than the deadline inherited from a [`Context`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.options().timeout = Some(timeout);
        self
    }

    /// Asks discovery for this version or a later compatible one, in place of the schema's.
    pub fn version(mut self, version: Version) -> Self {
        self.parts.options().version = Some(version);
        self
    }

    /// Sends to this instance, past discovery.
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.parts.options().at = Some(endpoint);
        self
    }

    /// The trace the call belongs to.
    pub fn trace(mut self, trace_id: impl Into<Arc<str>>) -> Self {
        self.parts.options().trace_id = Some(Text::new(&trace_id.into()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parts.options().headers.get_or_insert_default().insert(name, value);
        self
    }

    /// Sends it and waits for no reply.
    pub fn notify(self) -> Oneway {
        Oneway { parts: self.parts }
    }
}

impl<R: Decode + Send + 'static, E: DeclaredError> Call<R, E> {
    /// Sends it now, in a task of its own, and waits later.
    pub fn defer(self) -> Deferred<R, E> {
        Deferred(tokio::spawn(self.into_future()))
    }

    /// Like awaiting it, with the reply's headers.
    ///
    /// # Errors
    ///
    /// [`CallError`] says what is known of the handler's fate.
    pub async fn response(self) -> Result<Response<R>, CallError<E>> {
        let reply = Answered::new(self.parts, Wants::Headers).await.map_err(read_failure)?;
        let result = calling::read_result(&reply.body)?;
        Ok(Response { result, headers: Headers::read(&reply.headers) })
    }
}

fn read_failure<E: DeclaredError>(failure: Failure) -> CallError<E> {
    match failure {
        Failure::NotSent(reason) => CallError::NotSent(reason),
        Failure::Rejected(reason) => CallError::Rejected(reason),
        Failure::Declared(body) => CallError::Failed(E::from_body(body)),
        Failure::Unknown(reason) => CallError::Unknown(reason),
    }
}

impl<R: Decode + Send + 'static, E: DeclaredError> IntoFuture for Call<R, E> {
    type Output = Result<R, CallError<E>>;
    type IntoFuture = Calling<R, E>;

    fn into_future(self) -> Calling<R, E> {
        Calling::new(self.parts)
    }
}

/// A call under way in a task of its own; dropping it cancels the call.
#[derive(Debug)]
pub struct Deferred<R, E>(tokio::task::JoinHandle<Result<R, CallError<E>>>);

impl<R, E> Future for Deferred<R, E> {
    type Output = Result<R, CallError<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        self.0.poll_unpin(cx).map(|joined| {
            // The task neither panics nor is aborted before this handle is dropped, but a runtime
            // that shuts down ends it.
            joined.unwrap_or(Err(CallError::NotSent(crate::error::NotSent::Stopped)))
        })
    }
}

impl<R, E> Drop for Deferred<R, E> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A message that nobody waits for: awaiting it ends when it is queued for its peer.
#[must_use = "nothing is sent until it is awaited"]
#[derive(Debug)]
pub struct Oneway {
    parts: CallParts,
}

impl IntoFuture for Oneway {
    type Output = Result<(), CallError>;
    type IntoFuture = Sending;

    fn into_future(self) -> Sending {
        Sending::new(self.parts)
    }
}
