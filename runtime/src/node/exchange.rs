//! A call from its first poll to its outcome.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

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
    First {
        attempt: Attempt,
        /// Of the call.
        deadline: Instant,
    },
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
        let begun = Instant::now();
        let deadline = call.deadline(begun);
        if begun >= deadline {
            return Poll::Ready(Err(Failure::NotSent(NotSent::Expired)));
        }
        self.node.budget.earn();
        let Some(candidates) = self.node.known(call) else {
            return self.settle(deadline, Vec::new(), None, cx);
        };
        let picked = match candidates.pick(call, &[]) {
            Ok(picked) => picked,
            Err(reason) => return self.fail(deadline, Vec::new(), Failure::NotSent(reason), cx),
        };
        let times = (begun, retry::attempt_deadline(call, deadline, 1, begun));
        match Attempt::send(&self.node, call, candidates, picked, times, cx.waker()) {
            Ok(Sent::Waits(attempt)) => {
                self.stage = Stage::First { attempt, deadline };
                Poll::Pending
            }
            Ok(Sent::Done(reply)) => Poll::Ready(Ok(reply)),
            Err((reason, endpoint)) => self.fail(deadline, vec![endpoint], Failure::NotSent(reason), cx),
        }
    }

    /// The first try came to nothing.
    fn fail(
        &mut self,
        deadline: Instant,
        tried: Vec<crate::Endpoint>,
        failure: Failure,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply, Failure>> {
        let call = self.call.as_ref().expect("not polled behind its outcome");
        if retry::is_safe(&failure, call) {
            self.settle(deadline, tried, Some(failure), cx)
        } else {
            Poll::Ready(Err(failure))
        }
    }

    #[cold]
    fn settle(
        &mut self,
        deadline: Instant,
        tried: Vec<crate::Endpoint>,
        failure: Option<Failure>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply, Failure>> {
        let call = self.call.take().expect("not polled behind its outcome");
        let mut rare: BoxFuture<'static, _> =
            Box::pin(Arc::clone(&self.node).settle(call, deadline, tried, failure));
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
            Stage::First { attempt, deadline } => match attempt.poll(cx) {
                Poll::Ready(Err(failure)) => {
                    let tried = vec![attempt.candidate().endpoint.clone()];
                    let deadline = *deadline;
                    this.fail(deadline, tried, failure, cx)
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
