//! What awaiting a call runs.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::backend::{Backend, Failure, OutgoingCall, Reply, Wants};
use crate::codec::ForeignType;
use crate::error::{CallError, DeclaredError, NoErrors, Unanswered};
use crate::mock::Script;
use crate::node::Exchange;
use crate::{Decode, codec};

use super::{CallParts, read_failure};

/// A call whose types are looked at when it has its answer.
pub(super) enum Answered {
    Asking(Exchange),
    Mocked(Arc<Script>, OutgoingCall),
    /// It cannot be sent.
    Unfit(ForeignType),
}

impl Answered {
    pub(super) fn new(parts: CallParts, wants: Wants) -> Self {
        let CallParts { backend, mut call, unfit } = parts;
        call.wants = wants;
        match (unfit, backend) {
            (Some(reason), _) => Self::Unfit(reason),
            (None, Backend::Node(node)) => Self::Asking(Exchange::new(node, call)),
            (None, Backend::Mock(script)) => Self::Mocked(script, call),
        }
    }
}

impl Future for Answered {
    type Output = Result<Reply, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Asking(exchange) => Pin::new(exchange).poll(cx),
            Self::Mocked(script, call) => Poll::Ready(script.answer(call)),
            Self::Unfit(reason) => Poll::Ready(Err(Failure::NotSent((*reason).into()))),
        }
    }
}

/// A call under way: what [`Call`](super::Call) becomes when it is awaited. Dropping it cancels the call.
#[must_use = "nothing is sent until it is awaited"]
pub struct Calling<R, E = NoErrors> {
    answered: Answered,
    types: PhantomData<fn() -> (R, E)>,
}

impl<R, E> Calling<R, E> {
    pub(super) fn new(parts: CallParts) -> Self {
        Self { answered: Answered::new(parts, Wants::Result), types: PhantomData }
    }
}

impl<R: Decode, E: DeclaredError> Future for Calling<R, E> {
    type Output = Result<R, CallError<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answered).poll(cx).map(|outcome| match outcome {
            Ok(reply) => read_result(&reply.body),
            Err(failure) => Err(read_failure(failure)),
        })
    }
}

pub(super) fn read_result<R: Decode, E>(body: &Bytes) -> Result<R, CallError<E>> {
    codec::from_shared(body, Some(body))
        .map_err(|error| CallError::Unknown(Unanswered::Unreadable(error.to_string())))
}

/// A message on its way to its peer's queue: what [`Oneway`](super::Oneway) becomes when it is awaited.
#[must_use = "nothing is sent until it is awaited"]
pub struct Sending(Answered);

impl Sending {
    pub(super) fn new(parts: CallParts) -> Self {
        Self(Answered::new(parts, Wants::Nothing))
    }
}

impl Future for Sending {
    type Output = Result<(), CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|outcome| outcome.map(drop).map_err(read_failure))
    }
}
