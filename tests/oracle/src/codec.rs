//! What generated code of one side does with bytes, whatever its types are.

use bytes::Bytes;
use lymph::client::Arguments;
use lymph::codec::{from_bytes, to_bytes};
use lymph::describe::HandlerInfo;
use lymph::error::ErrorBody;
use lymph::generated::ErrorStruct;
use lymph::service::Request;
use lymph::{DeclaredError, Decode, Encode, Encoder, Event, Interface, Method};

use crate::peer::{Callable, Heard};

/// Reads bytes as a generated type and writes that again.
pub type Pass = fn(&[u8]) -> Result<Bytes, String>;

/// Both ends of what carries the values of one operation.
#[derive(Debug, Clone, Copy)]
pub struct Codec {
    /// Makes a value of the writer's type and writes it.
    pub write: Pass,
    /// Reads a value as the reader does, with the checks that it makes, and writes what it understood.
    pub read: Pass,
}

/// The codecs of one method.
#[derive(Debug)]
pub struct MethodCodecs {
    /// It.
    pub method: &'static dyn Callable,
    /// Of its parameters.
    pub params: Codec,
    /// Of its result.
    pub result: Codec,
}

/// The codec of one event, and its ways.
#[derive(Debug, Clone, Copy)]
pub struct EventCodec {
    /// Of what it holds.
    pub values: Codec,
    /// Publishes such an event.
    pub emit: fn(&lymph::Client, &[u8]) -> lymph::Emit,
    /// The topics that its consumers listen to.
    pub topics: fn() -> Vec<&'static str>,
    /// Handles one.
    pub hear: Heard,
}

/// A handler of one side.
#[derive(Debug, Clone, Copy)]
pub struct HandlerCodec {
    /// What declares it.
    pub interface: &'static Interface,
    /// Its name.
    pub name: &'static str,
    /// Handles what it listens to.
    pub hear: Heard,
}

impl HandlerCodec {
    /// What its schema says of it.
    ///
    /// # Panics
    ///
    /// When its interface has no such handler.
    #[must_use]
    pub fn info(&self) -> &'static HandlerInfo {
        let mut handlers = self.interface.handlers.iter();
        handlers.find(|info| info.name == self.name).expect("generated code names what it declares")
    }

    /// The queue from which it gets what it handles.
    #[must_use]
    pub fn queue(&self) -> String {
        let queue = self.info().delivery.queue;
        queue.map_or_else(|| format!("{}-{}", self.interface.name, self.name), str::to_owned)
    }
}

/// The codecs of one side of a case, in the order in which [`fixture`](crate::fixture) lists what they are of.
#[derive(Debug)]
pub struct Side {
    /// Of methods.
    pub methods: &'static [MethodCodecs],
    /// Of events.
    pub events: &'static [EventCodec],
    /// Of handlers.
    pub handlers: &'static [HandlerCodec],
    /// Of errors.
    pub errors: &'static [Codec],
}

/// Both sides of a case.
#[derive(Debug)]
pub struct Pair {
    /// The case's folder.
    pub case: &'static str,
    /// Before the change.
    pub old: Side,
    /// After it.
    pub new: Side,
}

/// A request that can be sent as the caller's generated arguments; the build script implements it.
pub trait Sent {
    /// Gives `to` what the generated client is given.
    fn lend(&self, to: &mut dyn FnMut(&dyn Arguments));

    /// What the generated client writes.
    fn sent(&self) -> Bytes {
        let mut encoder = Encoder::new();
        self.lend(&mut |arguments| arguments.write(&mut encoder));
        encoder.finish()
    }
}

impl Sent for () {
    fn lend(&self, to: &mut dyn FnMut(&dyn Arguments)) {
        to(&());
    }
}

const fn of<T: Encode + Decode>() -> Codec {
    Codec { write: value::<T>, read: value::<T> }
}

/// Of a method's parameters and result.
#[must_use]
pub const fn of_method<Q, R, E>(method: &'static Method<Q, R, E>) -> MethodCodecs
where
    Q: Request + Sent,
    R: Encode + Decode + Send + 'static,
    E: DeclaredError,
{
    let params = Codec { write: arguments::<Q>, read: request::<Q> };
    MethodCodecs { method, params, result: of::<R>() }
}

/// Of an event.
#[must_use]
pub const fn of_event<V: Event>() -> EventCodec {
    EventCodec {
        values: of::<V>(),
        emit: |client, bytes| client.emit(from_bytes::<V>(bytes).expect("its own codec has written it")),
        topics: || std::iter::once(V::TOPIC).chain(V::ALIASES.iter().copied()).collect(),
        hear: |event, hearing| event.event(move |_, _: V| hearing.heard()),
    }
}

/// Of a handler of one event.
#[must_use]
pub const fn handler<V: Event>(interface: &'static Interface, name: &'static str) -> HandlerCodec {
    HandlerCodec { interface, name, hear: of_event::<V>().hear }
}

/// Of a handler of whatever matches its pattern.
#[must_use]
pub const fn wildcard(interface: &'static Interface, name: &'static str) -> HandlerCodec {
    HandlerCodec { interface, name, hear: |event, hearing| event.dynamic(move |_, _| hearing.heard()) }
}

/// Of the fields of an error.
#[must_use]
pub const fn of_error<X: ErrorStruct>() -> Codec {
    Codec { write: error::<X>, read: error::<X> }
}

fn value<T: Encode + Decode>(bytes: &[u8]) -> Result<Bytes, String> {
    let value: T = from_bytes(bytes).map_err(|error| error.to_string())?;
    Ok(to_bytes(&value))
}

/// Clients do not check what they send.
fn arguments<Q: Request + Sent>(bytes: &[u8]) -> Result<Bytes, String> {
    let request: Q = from_bytes(bytes).map_err(|error| error.to_string())?;
    Ok(request.sent())
}

/// Servers check before the handler runs.
fn request<Q: Request + Sent>(bytes: &[u8]) -> Result<Bytes, String> {
    let request: Q = from_bytes(bytes).map_err(|error| error.to_string())?;
    request.check().map_err(|violation| violation.to_string())?;
    Ok(request.sent())
}

/// An error that cannot be read becomes one that nobody declared, which callers can only tell to people.
fn error<X: ErrorStruct>(bytes: &[u8]) -> Result<Bytes, String> {
    let (kind, message) = (X::NAME.to_owned(), X::DEFAULT_MESSAGE.to_owned());
    let body = ErrorBody { kind, message, data: Some(Bytes::copy_from_slice(bytes)) };
    let error = X::from_body(&body).ok_or("the error's fields cannot be read")?;
    Ok(error.to_body().data.unwrap_or(Bytes::from_static(&[0x80])))
}
