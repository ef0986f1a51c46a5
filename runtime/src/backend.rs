//! What stands behind clients and contexts: a node of a cluster, or a mock of one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::describe::ParamInfo;
use crate::error::{EmitError, ErrorBody, NotSent, Rejection, Unanswered};
use crate::events::{Emitted, Outgoing};
use crate::{Endpoint, Headers, Version};

/// One call, ready to be sent to whichever instance is picked.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingCall {
    /// The interface's wire name.
    pub(crate) interface: Arc<str>,
    /// `Interface.method`.
    pub(crate) subject: Arc<str>,
    /// All arguments, newer ones included.
    pub(crate) body: Bytes,
    /// The least version that has everything the call uses.
    pub(crate) asked: Option<Version>,
    /// Parameters newer than the method.
    pub(crate) newer: Vec<NewerParameter>,
    /// One instance, past discovery.
    pub(crate) at: Option<Endpoint>,
    /// When the caller stops waiting.
    pub(crate) deadline: Instant,
    /// Sent beside the body; `trace_id` included.
    pub(crate) headers: Headers,
    /// May be sent again after an unknown outcome.
    pub(crate) idempotent: bool,
    /// Whether anybody waits for an answer.
    pub(crate) wants_reply: bool,
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
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

/// Carries calls and events out of this process.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Sends the call; resolves at its deadline at the latest. Dropping the future cancels it.
    fn call(self: Arc<Self>, call: OutgoingCall) -> BoxFuture<'static, Result<Reply, Failure>>;

    /// Publishes the event.
    fn emit(
        self: Arc<Self>,
        event: Outgoing,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<Emitted, EmitError>>;

    /// What events name as their source.
    fn identity(&self) -> &str;
}
