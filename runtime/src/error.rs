//! What can go wrong, told as it is: did the handler run or not?

use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;

use crate::Version;
use crate::codec::{DecodeError, ForeignType};

/// A boxed cause.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The outcome of a call that did not bring a result. `E` holds the method's declared errors.
///
/// Each variant answers the question that matters before trying again: did the handler run?
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError<E = NoErrors> {
    /// Nothing left this process: the handler did not run.
    #[error("not sent: {0}")]
    NotSent(#[source] NotSent),
    /// The server refused before the handler ran.
    #[error("rejected: {0}")]
    Rejected(#[source] Rejection),
    /// The handler ran and failed as the schema declares.
    #[error("{0}")]
    Failed(E),
    /// The handler may have run.
    #[error("outcome unknown: {0}")]
    Unknown(#[source] Unanswered),
}

/// Why nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// Discovery knows no instance.
    #[error("no instance of `{0}` is registered")]
    NoInstance(String),
    /// Instances are there, but none that answers this version.
    #[error("no instance of `{interface}` answers version {asked}; registered: {registered}")]
    NoVersion {
        /// Which interface.
        interface: String,
        /// The least version that would do.
        asked: Version,
        /// Versions seen, comma separated.
        registered: String,
    },
    /// A parameter is newer than every instance and holds more than its default.
    #[error(
        "parameter `{parameter}` needs `{interface}` {since} or later, and no such instance is registered"
    )]
    ParameterTooNew {
        /// Which interface.
        interface: String,
        /// The parameter's wire name.
        parameter: String,
        /// The version that first had it.
        since: Version,
    },
    /// The deadline had passed already.
    #[error("the deadline had passed")]
    Expired,
    /// The queue to this peer is full, or too many calls wait.
    #[error("too many messages wait for `{0}`")]
    QueueFull(String),
    /// No peer would accept the message.
    #[error("the message is larger than peers accept")]
    TooLarge,
    /// The transport could not take the message.
    #[error("{0}")]
    Transport(String),
    /// The registry could not be asked and nothing is known from before.
    #[error("discovery failed: {0}")]
    Registry(String),
    /// The arguments hold what must not be sent.
    #[error(transparent)]
    ForeignType(#[from] ForeignType),
    /// This process is shutting down.
    #[error("the container is stopped")]
    Stopped,
}

/// Why a server refused a request whose handler it did not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// It runs and queues as much as it may.
    #[error("the server is overloaded")]
    Overloaded,
    /// It is shutting down.
    #[error("the server is draining")]
    Draining,
    /// The deadline passed before work started.
    #[error("the deadline passed before the handler started")]
    Expired,
    /// A parameter is missing, of the wrong type, or outside its constraint.
    #[error("{0}")]
    InvalidParameter(String),
}

impl Rejection {
    /// `type` of the ERROR body.
    pub(crate) const fn wire_name(&self) -> &'static str {
        match self {
            Self::Overloaded => "lymph.Overloaded",
            Self::Draining => "lymph.Draining",
            Self::Expired => "lymph.Expired",
            Self::InvalidParameter(_) => "lymph.InvalidParameter",
        }
    }

    /// The inverse of [`Self::wire_name`].
    pub(crate) fn from_body(body: &ErrorBody) -> Option<Self> {
        Some(match &*body.kind {
            "lymph.Overloaded" => Self::Overloaded,
            "lymph.Draining" => Self::Draining,
            "lymph.Expired" => Self::Expired,
            "lymph.InvalidParameter" => Self::InvalidParameter(body.message.clone()),
            _ => return None,
        })
    }
}

/// Why nobody knows whether the handler ran.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unanswered {
    /// No reply came before the deadline.
    #[error("no reply within the deadline")]
    TimedOut,
    /// The connection broke after the request was handed over.
    #[error("the peer was lost")]
    PeerLost,
    /// The peer knows no such method or version, or its handler failed in an undeclared way.
    #[error("the peer answered NACK: no such method, or its handler failed")]
    Nack,
    /// A reply came and could not be read.
    #[error("unreadable reply: {0}")]
    Unreadable(String),
}

/// The body of an ERROR message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorBody {
    /// Wire name of the error.
    pub kind: String,
    /// For people.
    pub message: String,
    /// The fields of a typed error: one MessagePack map.
    pub data: Option<Bytes>,
}

/// Failures that a method declares: implemented by generated enums.
pub trait DeclaredError: std::error::Error + Send + Sync + Sized + 'static {
    /// What came over the wire, kept as unknown when it is none of the declared ones.
    fn from_body(body: ErrorBody) -> Self;
    /// What goes over the wire.
    fn to_body(&self) -> ErrorBody;
    /// Whether the schema says `@retryable`.
    fn is_retryable(&self) -> bool {
        false
    }
}

/// An error that this schema does not declare, sent by a peer that has another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeclaredError(ErrorBody);

impl UndeclaredError {
    /// For generated code; users cannot make one that a peer did not send.
    #[doc(hidden)]
    #[must_use]
    pub fn __new(body: ErrorBody) -> Self {
        Self(body)
    }

    /// As it came.
    #[must_use]
    pub fn body(&self) -> &ErrorBody {
        &self.0
    }
}

impl fmt::Display for UndeclaredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind, self.0.message)
    }
}

impl std::error::Error for UndeclaredError {}

/// The errors of a method that declares none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoErrors {
    /// A peer with another schema sent one all the same.
    Unknown(UndeclaredError),
}

impl fmt::Display for NoErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Unknown(error) = self;
        error.fmt(f)
    }
}

impl std::error::Error for NoErrors {}

impl DeclaredError for NoErrors {
    fn from_body(body: ErrorBody) -> Self {
        Self::Unknown(UndeclaredError(body))
    }

    fn to_body(&self) -> ErrorBody {
        let Self::Unknown(error) = self;
        error.0.clone()
    }
}

/// How a handler fails: as the schema declares, or in a way that only its own log should know.
///
/// `?` turns declared errors and the runtime's own into it; [`OrInternal::or_internal`] the rest.
#[derive(Debug)]
pub enum Fault<E = NoErrors> {
    /// Travels to the caller as ERROR.
    Declared(E),
    /// Logged here; the caller gets NACK, and an event is tried again or dead-lettered.
    Internal(Cause),
}

impl<E> Fault<E> {
    /// A failure the schema does not declare.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }
}

impl<E: fmt::Display> fmt::Display for Fault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(error) => error.fmt(f),
            Self::Internal(cause) => cause.fmt(f),
        }
    }
}

/// So that tests of handlers may use `?`, and one handler another: `self.find(cx, …).await.or_internal()?`.
impl<E: std::error::Error + 'static> std::error::Error for Fault<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Declared(error) => error.source(),
            Self::Internal(cause) => cause.source(),
        }
    }
}

impl<E> From<EmitError> for Fault<E> {
    fn from(error: EmitError) -> Self {
        Self::internal(error)
    }
}

impl<E, X: std::error::Error + Send + Sync + 'static> From<CallError<X>> for Fault<E> {
    fn from(error: CallError<X>) -> Self {
        Self::internal(error)
    }
}

impl<E> From<Infallible> for Fault<E> {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Turns any error into [`Fault::Internal`], so that `?` can carry it out of a handler.
///
/// ```
/// use lymph::{Fault, OrInternal};
/// fn parse(text: &str) -> Result<u8, Fault> {
///     Ok(text.parse().or_internal()?)
/// }
/// assert!(parse("300").is_err());
/// ```
pub trait OrInternal<T> {
    /// The value, or the error as an internal fault.
    ///
    /// # Errors
    ///
    /// The same error, wrapped.
    fn or_internal<E>(self) -> Result<T, Fault<E>>;
}

impl<T, X: Into<Cause>> OrInternal<T> for Result<T, X> {
    fn or_internal<E>(self) -> Result<T, Fault<E>> {
        self.map_err(Fault::internal)
    }
}

/// Why an event or task was not confirmed. It may be on its way all the same: see each variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// Nothing was published: the outbox is full.
    #[error("too many events wait for the broker")]
    QueueFull,
    /// Nothing was published: the broker was out of reach until the deadline.
    #[error("the broker could not be reached within the deadline")]
    Unreachable,
    /// The broker did not confirm in time; it may have the event.
    #[error("the broker did not confirm within the deadline")]
    TimedOut,
    /// The broker refused.
    #[error("the broker refused: {0}")]
    Refused(String),
    /// The event holds what must not be sent; nothing was published.
    #[error(transparent)]
    ForeignType(#[from] ForeignType),
    /// This container has no event bus.
    #[error("no event bus is configured (`container.events`)")]
    NoBus,
    /// This process is shutting down; nothing was published.
    #[error("the container is stopped")]
    Stopped,
}

/// Why a container could not start or run.
///
/// `Debug` shows the same text as `Display`, so that `fn main() -> Result<(), lymph::Error>` ends
/// with a message for people.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command line or a file is wrong; the message says where.
    #[error("{0}")]
    Config(String),
    /// A socket could not be bound.
    #[error("cannot bind `{address}`: {cause}")]
    Bind {
        /// What was asked for.
        address: String,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// The registry refused or did not answer.
    #[error("registry: {0}")]
    Registry(String),
    /// The broker refused or did not answer.
    #[error("events: {0}")]
    Events(String),
    /// What was still running when patience ended.
    #[error("stopped with work unfinished: {0}")]
    Unfinished(String),
    /// A wire value could not be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
