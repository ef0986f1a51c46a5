//! A call from its first poll to its outcome.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

use crate::backend::{Failure, OutgoingCall, Reply};
use crate::error::NotSent;

use super::attempt::{Attempt, Sent};
use super::{Node, retry};

/// Sends, waits, and tries again where that is safe, until an outcome or the deadline.
///
/// Nearly every call is answered at its first try by an instance that is known already. That takes no
/// memory and no timer of its own; everything else is left to [`Node::settle`].
pub(crate) struct Exchange {
    node: Arc<Node>,
    call: Option<OutgoingCall>,
    stage: Stage,
}

enum Stage {
    New,
    First(Attempt),
    Rare(BoxFuture<'static, Result<Reply, Failure>>),
    Over,
}

impl Exchange {
    pub(crate) fn new(node: Arc<Node>, call: OutgoingCall) -> Self {
        Self { node, call: Some(call), stage: Stage::New }
    }

    fn begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, Failure>> {
        let call = self.call.as_mut().expect("not polled behind its outcome");
        if self.node.is_stopped() {
            return Poll::Ready(Err(Failure::NotSent(NotSent::Stopped)));
        }
        if call.begun >= call.deadline {
            return Poll::Ready(Err(Failure::NotSent(NotSent::Expired)));
        }
        self.node.budget.earn();
        let Some(candidates) = self.node.known(call) else { return self.settle(Vec::new(), None, cx) };
        let picked = match candidates.pick(call, &[]) {
            Ok(picked) => picked,
            Err(reason) => return self.fail(Vec::new(), Failure::NotSent(reason), cx),
        };
        let deadline = retry::attempt_deadline(call, 1, call.begun);
        let times = (call.begun, deadline);
        match Attempt::send(&self.node, call, Arc::clone(&candidates), picked, times, cx.waker()) {
            Ok(Sent::Waits(attempt)) => {
                self.stage = Stage::First(attempt);
                Poll::Pending
            }
            Ok(Sent::Done(reply)) => Poll::Ready(Ok(reply)),
            Err(reason) => {
                let tried = vec![candidates.get(picked).endpoint.clone()];
                self.fail(tried, Failure::NotSent(reason), cx)
            }
        }
    }

    /// The first try came to nothing.
    fn fail(
        &mut self,
        tried: Vec<crate::Endpoint>,
        failure: Failure,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply, Failure>> {
        let call = self.call.as_ref().expect("not polled behind its outcome");
        if retry::is_safe(&failure, call) {
            self.settle(tried, Some(failure), cx)
        } else {
            Poll::Ready(Err(failure))
        }
    }

    #[cold]
    fn settle(
        &mut self,
        tried: Vec<crate::Endpoint>,
        failure: Option<Failure>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply, Failure>> {
        let call = self.call.take().expect("not polled behind its outcome");
        let mut rare: BoxFuture<'static, _> = Box::pin(Arc::clone(&self.node).settle(call, tried, failure));
        let outcome = rare.as_mut().poll(cx);
        self.stage = Stage::Rare(rare);
        outcome
    }
}

impl Future for Exchange {
    type Output = Result<Reply, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let outcome = match &mut this.stage {
            Stage::New => this.begin(cx),
            Stage::First(attempt) => match attempt.poll(cx) {
                Poll::Ready(Err(failure)) => {
                    let tried = vec![attempt.candidate().endpoint.clone()];
                    this.fail(tried, failure, cx)
                }
                outcome => outcome,
            },
            Stage::Rare(rare) => rare.as_mut().poll(cx),
            Stage::Over => panic!("polled behind its outcome"),
        };
        if outcome.is_ready() {
            this.stage = Stage::Over;
        }
        outcome
    }
}
