//! What generated servers implement: from a method's name and bytes to a handler and its answer.
//!
//! Generated code only names methods; decoding, checking, calling and encoding are here, once.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{self, Poll};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::oneshot;

use crate::backend::BESIDE_BYTES;
use crate::check::Violation;
use crate::codec::Document;
use crate::error::{DeclaredError, ErrorBody, Fault, Rejection};
use crate::events::{Delivered, Outcome};
use crate::message::Text;
use crate::{Context, Decode, Encode, Interface, Value, codec};

/// Serves one version of one interface; implemented by generated `…Server` types.
pub trait Service: Send + Sync + 'static {
    /// What it serves.
    fn interface(&self) -> &'static Interface;

    /// Starts the handler of `method`, an `rpc` or `oneway`.
    fn call(&self, method: &str, call: Incoming<'_>) -> Answering;

    /// Starts the handler of an `on` or `task` declaration.
    fn handle(&self, handler: &str, event: IncomingEvent) -> Handling;
}

/// Arguments as a server gets them.
pub trait Request: Decode + Send + 'static {
    /// Checks every constraint of the schema, before the handler runs.
    ///
    /// # Errors
    ///
    /// [`Violation`] names the parameter and what it must be.
    fn check(&self) -> Result<(), Violation> {
        Ok(())
    }
}

impl Request for () {}

/// How a call was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The result, encoded.
    Reply(Document),
    /// It arrived; there is no result.
    Ack,
    /// No answer will come.
    Nack,
    /// A declared failure.
    Error(ErrorBody),
    /// Refused before the handler ran.
    Rejected(Rejection),
}

/// A handler under way, or what came of it already.
pub struct Answering(Stage);

enum Stage {
    Given(Answer),
    UnderWay(BoxFuture<'static, Answer>),
    Over,
}

impl Answering {
    fn given(answer: Answer) -> Self {
        Self(Stage::Given(answer))
    }

    fn by(handler: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self(Stage::UnderWay(handler.boxed()))
    }
}

impl Future for Answering {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Answer> {
        if let Stage::UnderWay(handler) = &mut self.0 {
            return handler.as_mut().poll(cx);
        }
        match std::mem::replace(&mut self.0, Stage::Over) {
            Stage::Given(answer) => Poll::Ready(answer),
            Stage::UnderWay(_) | Stage::Over => panic!("polled behind its answer"),
        }
    }
}

/// An event handler under way.
pub type Handling = BoxFuture<'static, Outcome>;

/// A request on its way to its handler.
#[derive(Debug)]
pub struct Incoming<'a> {
    cx: Context,
    body: &'a [u8],
    /// What `body` is a part of, if that may be shared.
    shared: Option<&'a Bytes>,
}

impl<'a> Incoming<'a> {
    pub(crate) fn new(cx: Context, body: &'a [u8], shared: Option<&'a Bytes>) -> Self {
        Self { cx, body, shared }
    }

    /// Decodes the arguments, runs `handler`, encodes what it returns.
    pub fn unary<Q, R, E, F, Fut>(self, handler: F) -> Answering
    where
        Q: Request,
        R: Encode + Send,
        E: DeclaredError,
        F: FnOnce(Context, Q) -> Fut + Send + 'static,
        Fut: Future<Output = Result<R, Fault<E>>> + Send + 'static,
    {
        let Self { cx, body, shared } = self;
        match read_request::<Q>(body, shared) {
            Err(rejection) => Answering::given(Answer::Rejected(rejection)),
            Ok(request) => {
                let trace_id = cx.trace().clone();
                let handling = handler(cx, request);
                Answering::by(async move {
                    match handling.await {
                        Ok(result) => answer_result(&result),
                        Err(fault) => answer_fault(&trace_id, fault),
                    }
                })
            }
        }
    }

    /// Decodes the arguments and gives `handler` the reply channel.
    pub fn raw<Q, R, E, F, Fut>(self, handler: F) -> Answering
    where
        Q: Request,
        R: Encode + Send + 'static,
        E: DeclaredError,
        F: FnOnce(Context, Q, Replier<R, E>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let Self { cx, body, shared } = self;
        match read_request::<Q>(body, shared) {
            Err(rejection) => Answering::given(Answer::Rejected(rejection)),
            Ok(request) => {
                let (sender, answer) = oneshot::channel();
                let handling = handler(cx, request, Replier { sender, types: PhantomData });
                // The answer goes out as soon as it is given, by the handler or by whoever it gave the
                // channel to; what the handler still does after that is cut off.
                Answering::by(async move {
                    let mut handling = std::pin::pin!(handling.fuse());
                    let mut answer = std::pin::pin!(answer.fuse());
                    loop {
                        futures_util::select_biased! {
                            given = answer => return given.unwrap_or(Answer::Nack),
                            () = handling => {}
                        }
                    }
                })
            }
        }
    }

    /// The interface has no such method.
    #[must_use]
    pub fn no_such_method(self) -> Answering {
        Answering::given(Answer::Nack)
    }
}

fn read_request<Q: Request>(body: &[u8], shared: Option<&Bytes>) -> Result<Q, Rejection> {
    let request: Q =
        codec::from_shared(body, shared).map_err(|error| Rejection::InvalidParameter(error.to_string()))?;
    request.check().map_err(|violation| Rejection::InvalidParameter(violation.to_string()))?;
    Ok(request)
}

/// Runs inside the call's span, which names the trace.
fn answer_result(result: &impl Encode) -> Answer {
    codec::to_document(result, BESIDE_BYTES).map(Answer::Reply).unwrap_or_else(|error| {
        tracing::error!(%error, "a result was not sent");
        Answer::Nack
    })
}

fn answer_fault<E: DeclaredError>(trace_id: &Text, fault: Fault<E>) -> Answer {
    match fault {
        Fault::Declared(error) => Answer::Error(error.to_body()),
        Fault::Internal(cause) => {
            tracing::error!(%trace_id, error = %chain(&*cause), "handler failed");
            Answer::Nack
        }
    }
}

/// An error and its causes in one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

/// The reply channel of a `@raw` method: answer once, in the handler's own time.
///
/// It may outlive its handler, up to the caller's deadline; dropping it without an answer sends NACK.
/// What a handler still does after it has answered is cut off.
#[derive(Debug)]
pub struct Replier<R, E> {
    sender: oneshot::Sender<Answer>,
    types: PhantomData<fn(R) -> E>,
}

impl<R: Encode, E: DeclaredError> Replier<R, E> {
    /// Sends the result.
    pub fn reply(self, result: &R) {
        self.send(answer_result(result));
    }

    /// Says that the request arrived; there is no result.
    pub fn ack(self) {
        self.send(Answer::Ack);
    }

    /// Says that no answer will come.
    pub fn nack(self) {
        self.send(Answer::Nack);
    }

    /// Sends a declared failure.
    pub fn error(self, error: &E) {
        self.send(Answer::Error(error.to_body()));
    }

    fn send(self, answer: Answer) {
        // A caller that no longer waits took the receiver with it.
        let _ = self.sender.send(answer);
    }
}

/// An event or task on its way to its handler.
#[derive(Debug)]
pub struct IncomingEvent {
    cx: Context,
    delivered: Delivered,
}

/// An event that a wildcard handler got.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicEvent {
    /// The topic it was published with.
    pub name: String,
    /// Whatever it held.
    pub body: Value,
}

impl IncomingEvent {
    pub(crate) fn new(cx: Context, delivered: Delivered) -> Self {
        Self { cx, delivered }
    }

    /// Decodes a declared event and runs `handler`.
    pub fn event<V, F, Fut>(self, handler: F) -> Handling
    where
        V: Decode + Send + 'static,
        F: FnOnce(Context, V) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let event = codec::from_shared::<V>(&self.delivered.body, Some(&self.delivered.body))
            .map_err(|error| error.to_string());
        self.run(event, handler)
    }

    /// Runs `handler` with whatever the event holds.
    pub fn dynamic<F, Fut>(self, handler: F) -> Handling
    where
        F: FnOnce(Context, DynamicEvent) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let event = codec::from_bytes(&self.delivered.body)
            .map(|body| DynamicEvent { name: self.delivered.topic.clone(), body })
            .map_err(|error| error.to_string());
        self.run(event, handler)
    }

    /// Decodes and checks a task's arguments and runs `handler`.
    pub fn task<Q, F, Fut>(self, handler: F) -> Handling
    where
        Q: Request,
        F: FnOnce(Context, Q) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let request = read_request::<Q>(&self.delivered.body, Some(&self.delivered.body))
            .map_err(|rejection| rejection.to_string());
        self.run(request, handler)
    }

    /// The interface has no such handler.
    #[must_use]
    pub fn no_such_handler(self) -> Handling {
        std::future::ready(Outcome::Discard).boxed()
    }

    fn run<V, F, Fut>(self, event: Result<V, String>, handler: F) -> Handling
    where
        V: Send + 'static,
        F: FnOnce(Context, V) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let Self { cx, delivered } = self;
        async move {
            let (trace_id, topic) = (cx.trace().clone(), delivered.topic);
            match event {
                Err(error) => {
                    tracing::error!(%trace_id, topic, error, "unreadable event");
                    Outcome::Discard
                }
                Ok(event) => match handler(cx, event).await {
                    Ok(()) => Outcome::Done,
                    Err(Fault::Declared(error)) => {
                        tracing::error!(%trace_id, topic, %error, "event handler failed");
                        Outcome::Retry
                    }
                    Err(Fault::Internal(cause)) => {
                        tracing::error!(%trace_id, topic, error = %chain(&*cause), "event handler failed");
                        Outcome::Retry
                    }
                },
            }
        }
        .boxed()
    }
}
