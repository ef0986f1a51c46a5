//! What generated code of one side does with bytes, whatever its types are.

use bytes::Bytes;
use lymph::client::Arguments;
use lymph::codec::{from_bytes, to_bytes};
use lymph::error::ErrorBody;
use lymph::generated::ErrorStruct;
use lymph::service::Request;
use lymph::{Decode, Encode, Encoder, Method};

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
    /// Of its parameters.
    pub params: Codec,
    /// Of its result.
    pub result: Codec,
}

/// The codecs of one side of a case, in the order in which [`fixture`](crate::fixture) lists what they are of.
#[derive(Debug)]
pub struct Side {
    /// Of methods.
    pub methods: &'static [MethodCodecs],
    /// Of events.
    pub events: &'static [Codec],
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
    /// What the generated client writes.
    fn sent(&self) -> Bytes;
}

impl Sent for () {
    fn sent(&self) -> Bytes {
        body(&())
    }
}

/// What clients make of arguments.
pub fn body(arguments: &impl Arguments) -> Bytes {
    let mut encoder = Encoder::new();
    arguments.write(&mut encoder);
    encoder.finish()
}

/// Of events and other values.
#[must_use]
pub const fn of<T: Encode + Decode>() -> Codec {
    Codec { write: value::<T>, read: value::<T> }
}

/// Of a method's parameters and result.
#[must_use]
pub const fn of_method<Q: Request + Sent, R: Encode + Decode, E>(_: &Method<Q, R, E>) -> MethodCodecs {
    MethodCodecs { params: Codec { write: arguments::<Q>, read: request::<Q> }, result: of::<R>() }
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
