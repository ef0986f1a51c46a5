//! What awaiting a call runs.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::backend::{Backend, Failure, Reply, Wants};
use crate::error::{CallError, DeclaredError, NoErrors, Unanswered};
use crate::node::Exchange;
use crate::{Decode, codec};

use super::{CallParts, read_failure};

/// A call whose types are looked at when it has its answer.
pub(super) struct Answered(Stage);

enum Stage {
    New(CallParts, Wants),
    UnderWay(Exchange),
    Over,
}

impl Answered {
    pub(super) fn new(parts: CallParts, wants: Wants) -> Self {
        Self(Stage::New(parts, wants))
    }

    /// What is there at once, or the way to it.
    fn begin(parts: CallParts, wants: Wants) -> Result<Exchange, Result<Reply, Failure>> {
        let (backend, call) = parts.into_outgoing(wants).map_err(Err)?;
        match backend {
            Backend::Node(node) => Ok(Exchange::new(node, call)),
            Backend::Mock(script) => Err(script.answer(&call)),
        }
    }
}

impl Future for Answered {
    type Output = Result<Reply, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Stage::New(..) = self.0 {
            let Stage::New(parts, wants) = std::mem::replace(&mut self.0, Stage::Over) else {
                unreachable!("it was looked at")
            };
            match Self::begin(parts, wants) {
                Ok(exchange) => self.0 = Stage::UnderWay(exchange),
                Err(outcome) => return Poll::Ready(outcome),
            }
        }
        match &mut self.0 {
            Stage::UnderWay(exchange) => Pin::new(exchange).poll(cx),
            Stage::New(..) | Stage::Over => panic!("polled behind its outcome"),
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
