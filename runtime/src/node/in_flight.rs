//! Request id to waiting caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::backend::Failure;
use crate::error::{NotSent, Unanswered};
use crate::transport::Loss;
use crate::{Endpoint, Message};

/// Calls of one process that may wait for replies at once.
const MAX_CALLS: usize = 65_536;

#[derive(Default)]
pub(super) struct InFlight {
    waiting: Mutex<HashMap<Arc<str>, Call>>,
}

struct Call {
    peer: Endpoint,
    caller: oneshot::Sender<Result<Message, Failure>>,
}

/// One caller's place; leaving it empty is dropping it.
pub(super) struct Waiting<'a> {
    calls: &'a InFlight,
    id: Arc<str>,
    reply: oneshot::Receiver<Result<Message, Failure>>,
}

impl InFlight {
    /// A place for the reply of `peer` to `id`; `None` when too many calls wait.
    pub(super) fn enter(&self, id: &Arc<str>, peer: &Endpoint) -> Option<Waiting<'_>> {
        let mut waiting = self.lock();
        if waiting.len() >= MAX_CALLS {
            return None;
        }
        let (caller, reply) = oneshot::channel();
        waiting.insert(Arc::clone(id), Call { peer: peer.clone(), caller });
        Some(Waiting { calls: self, id: Arc::clone(id), reply })
    }

    /// Hands the reply over; one that nobody waits for (any more) is dropped.
    pub(super) fn complete(&self, reply: Message) {
        let call = self.lock().remove(&reply.subject);
        match call {
            // The caller may have stopped waiting this very moment.
            Some(call) => drop(call.caller.send(Ok(reply))),
            None => tracing::debug!(request = %reply.subject, "a reply nobody waits for"),
        }
    }

    /// Ends the calls that will never be answered.
    pub(super) fn lose(&self, loss: Loss<'_>) {
        let mut waiting = self.lock();
        match loss {
            Loss::Unsent { peer, id } => {
                let reason = NotSent::Transport(format!("`{peer}` could not be reached"));
                if let Some(call) = waiting.remove(id) {
                    drop(call.caller.send(Err(Failure::NotSent(reason))));
                }
            }
            Loss::PeerGone(peer) => {
                for (_, call) in waiting.extract_if(|_, call| call.peer == *peer) {
                    drop(call.caller.send(Err(Failure::Unknown(Unanswered::PeerLost))));
                }
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Call>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// The reply, or why none will come.
    pub(super) async fn reply(&mut self) -> Result<Message, Failure> {
        (&mut self.reply).await.expect("only `complete`, `lose` and our own drop take the sender away")
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.id);
    }
}
