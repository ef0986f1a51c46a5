//! A client and a server of one side, whatever the types of their methods are.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, Ready, ready};
use lymph::client::Arguments;
use lymph::codec::from_bytes;
use lymph::describe::{MethodInfo, MethodKind};
use lymph::error::{ErrorBody, Unanswered};
use lymph::service::{Answering, Handling, Incoming, IncomingEvent, Request};
use lymph::{CallError, Client, DeclaredError, Decode, Encode, Encoder, Fault, Interface, Method, Service};

use crate::codec::{HandlerCodec, Sent, Side};

/// Handles an event of one type.
pub type Heard = fn(IncomingEvent, Hearing) -> Handling;

/// What the caller of a method hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A result, or that a message without one is on its way.
    Done,
    /// An error, of which the caller's code may know nothing but its name and message.
    Failed {
        /// Whether its type is declared.
        is_known: bool,
    },
    /// That nothing was sent, since nobody could take it.
    NotSent(String),
    /// That it was refused, or nothing that could be read.
    Unanswered(String),
}

/// How handlers fail, and which of them ran.
#[derive(Debug, Default)]
pub struct Script {
    failure: Mutex<Option<ErrorBody>>,
    calls: Mutex<Vec<usize>>,
    delivered: Mutex<Vec<&'static str>>,
    heard: Mutex<Vec<&'static str>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    /// Lets every handler of a call fail so from here on; `None`: succeed.
    pub fn fail(&self, failure: Option<ErrorBody>) {
        *lock(&self.failure) = failure;
    }

    /// The methods that ran since the last time, by their places on their side.
    pub fn take_calls(&self) -> Vec<usize> {
        std::mem::take(&mut lock(&self.calls))
    }

    /// How often a handler was given something, and how often it could read that.
    #[must_use]
    pub fn heard(&self, handler: &str) -> (usize, usize) {
        let count = |of: &Mutex<Vec<&str>>| lock(of).iter().filter(|it| **it == handler).count();
        (count(&self.delivered), count(&self.heard))
    }
}

/// One run of a method, by its place on its side.
#[derive(Debug)]
pub struct Turn {
    index: usize,
    result: Bytes,
    script: Arc<Script>,
}

impl Turn {
    fn take<R: Decode, E: DeclaredError>(self) -> Result<R, Fault<E>> {
        lock(&self.script.calls).push(self.index);
        match lock(&self.script.failure).clone() {
            None => Ok(from_bytes(&self.result).expect("it is made for this method")),
            Some(body) => Err(Fault::Declared(E::from_body(body))),
        }
    }
}

/// One run of a handler of events.
#[derive(Debug)]
pub struct Hearing {
    handler: &'static str,
    script: Arc<Script>,
}

impl Hearing {
    /// What was sent could be read.
    pub fn heard(self) -> Ready<Result<(), Fault>> {
        lock(&self.script.heard).push(self.handler);
        ready(Ok(()))
    }
}

/// A method with its types out of sight.
pub trait Callable: fmt::Debug + Sync {
    /// What declares it.
    fn interface(&self) -> &'static Interface;

    /// What its schema says of it.
    fn info(&self) -> &'static MethodInfo;

    /// Calls it, or publishes it as a task.
    fn call(&self, client: &Client, request: &[u8]) -> BoxFuture<'static, Reply>;

    /// Answers a call of it.
    fn serve(&self, call: Incoming<'_>, turn: Turn) -> Answering;

    /// Works on a task of it.
    fn work(&self, task: IncomingEvent, turn: Turn) -> Handling;
}

impl<Q, R, E> Callable for Method<Q, R, E>
where
    Q: Request + Sent,
    R: Encode + Decode + Send + 'static,
    E: DeclaredError,
{
    fn interface(&self) -> &'static Interface {
        Self::interface(self)
    }

    fn info(&self) -> &'static MethodInfo {
        Self::info(self)
    }

    fn call(&self, client: &Client, request: &[u8]) -> BoxFuture<'static, Reply> {
        let request: Q = from_bytes(request).expect("it is made for this method");
        let mut reply = None;
        request.lend(&mut |arguments| {
            let arguments = Lent(arguments);
            reply = Some(match self.info().kind {
                MethodKind::Rpc => {
                    let call = client.call(self, &arguments).into_future();
                    call.map(|heard| heard.map_or_else(|error| failure::<E>(&error), |_| Reply::Done)).boxed()
                }
                MethodKind::Oneway => {
                    let call = client.oneway(self, &arguments).into_future();
                    call.map(|sent| sent.map_or_else(|error| failure(&error), |()| Reply::Done)).boxed()
                }
                MethodKind::Task => {
                    let task = client.task(self, &arguments).into_future();
                    let failed = |error: lymph::EmitError| Reply::NotSent(error.to_string());
                    task.map(move |sent| sent.map_or_else(failed, |_| Reply::Done)).boxed()
                }
            });
        });
        reply.expect("arguments are lent at once")
    }

    fn serve(&self, call: Incoming<'_>, turn: Turn) -> Answering {
        call.unary(move |_, _: Q| ready(turn.take::<R, E>()))
    }

    fn work(&self, task: IncomingEvent, turn: Turn) -> Handling {
        task.task(move |_, _: Q| ready(turn.take::<R, _>().map(drop)))
    }
}

fn failure<E: DeclaredError>(error: &CallError<E>) -> Reply {
    match error {
        // Every generated error type has this variant, and no trait tells of it.
        CallError::Failed(failed) => {
            Reply::Failed { is_known: !format!("{failed:?}").starts_with("Unknown(") }
        }
        CallError::NotSent(reason) => Reply::NotSent(reason.to_string()),
        CallError::Rejected(reason) => Reply::Unanswered(format!("rejected: {reason}")),
        CallError::Unknown(Unanswered::Nack) => Reply::Unanswered("NACK".to_owned()),
        CallError::Unknown(reason) => Reply::Unanswered(reason.to_string()),
    }
}

/// Arguments of a type that is not known here.
struct Lent<'a>(&'a dyn Arguments);

impl Encode for Lent<'_> {
    fn encode(&self, encoder: &mut Encoder) {
        self.0.encode(encoder);
    }
}

impl Arguments for Lent<'_> {
    fn held(&self, held: &mut Vec<u16>) {
        self.0.held(held);
    }

    fn write(&self, encoder: &mut Encoder) {
        self.0.write(encoder);
    }
}

/// Serves one interface of a side.
#[derive(Debug, Clone)]
pub struct Server {
    /// What it says it serves.
    pub interface: &'static Interface,
    /// What it serves.
    pub declared: &'static Interface,
    /// What is generated for its side.
    pub side: &'static Side,
    /// What the side's methods return.
    pub results: Arc<[Bytes]>,
    /// Handlers that are in no schema.
    pub listeners: Vec<HandlerCodec>,
    /// What it does, and did.
    pub script: Arc<Script>,
}

impl Server {
    /// Lets it say that it is of another version.
    pub fn register_as(&mut self, version: lymph::Version) {
        self.interface = Box::leak(Box::new(Interface { version, ..*self.declared }));
    }

    fn method(&self, name: &str) -> Option<(&'static dyn Callable, Turn)> {
        let is_it = |it: &dyn Callable| std::ptr::eq(it.interface(), self.declared) && it.info().name == name;
        let index = self.side.methods.iter().position(|codecs| is_it(codecs.method))?;
        let (result, script) = (self.results[index].clone(), Arc::clone(&self.script));
        Some((self.side.methods[index].method, Turn { index, result, script }))
    }
}

impl Service for Server {
    fn interface(&self) -> &'static Interface {
        self.interface
    }

    fn call(&self, method: &str, call: Incoming<'_>) -> Answering {
        match self.method(method) {
            Some((method, turn)) => method.serve(call, turn),
            None => call.no_such_method(),
        }
    }

    fn handle(&self, handler: &str, event: IncomingEvent) -> Handling {
        let is_it = |it: &&HandlerCodec| std::ptr::eq(it.interface, self.declared) && it.name == handler;
        let codec = self.side.handlers.iter().chain(&self.listeners).find(is_it);
        match (codec, self.method(handler)) {
            (Some(HandlerCodec { hear, name, .. }), _) => {
                lock(&self.script.delivered).push(name);
                hear(event, Hearing { handler: name, script: Arc::clone(&self.script) })
            }
            (None, Some((method, turn))) => method.work(event, turn),
            (None, None) => event.no_such_handler(),
        }
    }
}
