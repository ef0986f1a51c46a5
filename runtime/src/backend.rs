//! What stands behind clients and contexts: a node of a cluster, or a mock of one.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::codec::{self, Document};
use crate::describe::ParamInfo;
use crate::error::{EmitError, ErrorBody, NotSent, Rejection, Unanswered};
use crate::events::{Emitted, Outgoing};
use crate::message::Text;
use crate::mock::Script;
use crate::node::Node;
use crate::{Endpoint, Headers, Version};

/// Takes calls and events out of this process, or pretends to.
#[derive(Clone)]
pub(crate) enum Backend {
    Node(Arc<Node>),
    Mock(Arc<Script>),
}

impl Backend {
    /// Publishes the event.
    pub(crate) fn emit(
        &self,
        event: Outgoing,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<Emitted, EmitError>> {
        match self {
            Self::Node(node) => Arc::clone(node).emit(event, timeout),
            Self::Mock(script) => script.emit(event),
        }
    }

    /// What events name as their source.
    pub(crate) fn identity(&self) -> &str {
        match self {
            Self::Node(node) => node.identity(),
            Self::Mock(_) => "mock",
        }
    }
}

/// One call, ready to be sent to whichever instance is picked.
#[derive(Debug)]
pub(crate) struct OutgoingCall {
    /// The interface's wire name.
    pub(crate) interface: Cow<'static, str>,
    /// The method's.
    pub(crate) method: Cow<'static, str>,
    /// All arguments, newer ones included.
    pub(crate) body: Body,
    /// The least version that has everything the call uses.
    pub(crate) asked: Option<Version>,
    /// Parameters newer than the method.
    pub(crate) newer: Vec<NewerParameter>,
    /// One instance, past discovery.
    pub(crate) at: Option<Endpoint>,
    /// How long the caller waits, counted from when it begins to.
    pub(crate) timeout: Duration,
    /// When whoever waits for the caller stops.
    pub(crate) inherited: Option<Instant>,
    /// The trace it belongs to.
    pub(crate) trace_id: Text,
    /// Sent beside those that every request has.
    pub(crate) headers: Option<Box<Headers>>,
    /// May be sent again after an unknown outcome.
    pub(crate) idempotent: bool,
    /// What the caller wants of the answer.
    pub(crate) wants: Wants,
}

impl OutgoingCall {
    /// When the caller stops waiting that began at `begun`.
    pub(crate) fn deadline(&self, begun: Instant) -> Instant {
        let own = begun + self.timeout.min(LONGEST_TIMEOUT);
        self.inherited.map_or(own, |inherited| inherited.min(own))
    }
}

/// Longer ones mean the same, and `Duration::MAX` from now is beyond what a clock can say.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What a caller wants of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Nobody waits for one.
    Nothing,
    /// The result.
    Result,
    /// What travels beside it, too.
    Headers,
}

/// The arguments of a call; behind them there is room for what each try writes anew, so that most
/// calls live in one piece of memory.
#[derive(Debug)]
pub(crate) struct Body {
    bytes: Vec<u8>,
    arguments: usize,
    /// More of the arguments: what had better not be copied.
    rest: Vec<Bytes>,
}

/// Bytes that headers and subject of a request mostly take.
pub(crate) const BESIDE_BYTES: usize = 160;

impl Body {
    pub(crate) fn new(arguments: Document) -> Self {
        let (bytes, rest) = arguments.into_parts();
        Self { arguments: bytes.len(), bytes, rest }
    }

    /// The arguments in one piece.
    pub(crate) fn arguments(&self) -> Cow<'_, [u8]> {
        codec::join(self.first(), &self.rest)
    }

    /// Their first part.
    pub(crate) fn first(&self) -> &[u8] {
        &self.bytes[..self.arguments]
    }

    /// What stands behind it.
    pub(crate) fn rest(&self) -> &[Bytes] {
        &self.rest
    }

    /// Where to write behind the arguments; what an earlier try wrote is gone.
    pub(crate) fn beside(&mut self) -> &mut Vec<u8> {
        self.bytes.truncate(self.arguments);
        &mut self.bytes
    }

    /// What was written there.
    pub(crate) fn written(&self) -> &[u8] {
        &self.bytes[self.arguments..]
    }
}

/// A parameter that instances older than `info.since` do not know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewerParameter {
    pub(crate) info: &'static ParamInfo,
    /// Whether it holds more than its default, so that it cannot be left out.
    pub(crate) held: bool,
}

/// A call's outcome before its result or error is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    NotSent(NotSent),
    Rejected(Rejection),
    Declared(ErrorBody),
    Unknown(Unanswered),
}

/// What came back, undecoded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    /// One MessagePack map, when the caller [wants](Wants::Headers) it.
    pub(crate) headers: Bytes,
    pub(crate) body: Bytes,
}
