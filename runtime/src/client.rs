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
use crate::codec::ForeignType;
use crate::describe::MethodInfo;
use crate::emit::{Emit, Event};
use crate::error::{CallError, DeclaredError, NoErrors};
use crate::message::{Text, random_id};
use crate::{Context, Decode, Encode, Encoder, Endpoint, Headers, Method, Value, Version, codec};

use calling::Answered;
pub use calling::{Calling, Sending};

/// How long a call waits when neither it nor its method says otherwise.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(3);

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
        let mut parts = self.outgoing(interface.to_owned().into(), method.to_owned().into(), args);
        parts.call.timeout = self.timeout.unwrap_or(CALL_TIMEOUT);
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

    fn parts(&self, interface: &'static str, info: &'static MethodInfo, args: &impl Arguments) -> CallParts {
        let mut parts = self.outgoing(interface.into(), info.name.into(), &Written(args));
        let call = &mut parts.call;
        call.timeout = self.timeout.or(info.timeout).unwrap_or(CALL_TIMEOUT);
        call.idempotent = info.idempotent;
        call.asked = Some(info.since);
        if info.params.iter().any(|param| param.since > info.since) {
            note_newer(call, info, args);
        }
        parts
    }

    fn outgoing(
        &self,
        interface: Cow<'static, str>,
        method: Cow<'static, str>,
        args: &impl Encode,
    ) -> CallParts {
        let arguments = codec::to_document(args, BESIDE_BYTES);
        let unfit = arguments.as_ref().err().copied();
        let call = OutgoingCall {
            interface,
            method,
            body: Body::new(arguments.unwrap_or_default()),
            asked: None,
            newer: Vec::new(),
            at: None,
            timeout: CALL_TIMEOUT,
            inherited: self.deadline,
            trace_id: self.trace_id.clone().unwrap_or_else(|| random_id().into()),
            headers: None,
            idempotent: false,
            wants: Wants::Result,
        };
        CallParts { backend: self.backend.clone(), call, unfit }
    }
}

/// Says which parameters are newer than their method, and asks for the version that has those in use.
fn note_newer(call: &mut OutgoingCall, info: &'static MethodInfo, args: &impl Arguments) {
    let mut held = Vec::new();
    args.held(&mut held);
    let newer = info.params.iter().zip(0u16..).filter(|(param, _)| param.since > info.since);
    call.newer = newer.map(|(info, index)| NewerParameter { info, held: held.contains(&index) }).collect();
    let needed = call.newer.iter().filter(|parameter| parameter.held).map(|parameter| parameter.info.since);
    call.asked = Some(needed.fold(info.since, Version::max));
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

/// A call that nobody waits for yet. It stays where it is from here to its outcome, and is moved as rarely as
/// possible until then.
struct CallParts {
    backend: Backend,
    call: OutgoingCall,
    /// Why the arguments cannot be sent.
    unfit: Option<ForeignType>,
}

impl fmt::Debug for CallParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
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
        self.parts.call.timeout = timeout;
        self
    }

    /// Asks discovery for this version or a later compatible one, in place of the schema's.
    pub fn version(mut self, version: Version) -> Self {
        self.parts.call.asked = Some(version);
        self
    }

    /// Sends to this instance, past discovery.
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.parts.call.at = Some(endpoint);
        self
    }

    /// The trace the call belongs to.
    pub fn trace(mut self, trace_id: impl Into<Arc<str>>) -> Self {
        self.parts.call.trace_id = Text::new(&trace_id.into());
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parts.call.headers.get_or_insert_default().insert(name, value);
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
