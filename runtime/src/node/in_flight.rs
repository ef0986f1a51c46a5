//! Request id to waiting caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::Message;

/// Calls of one process that may wait for replies at once.
const MAX_CALLS: usize = 65_536;

#[derive(Default)]
pub(super) struct InFlight {
    waiting: Mutex<HashMap<Arc<str>, oneshot::Sender<Message>>>,
}

/// One caller's place; leaving it empty is dropping it.
pub(super) struct Waiting<'a> {
    calls: &'a InFlight,
    id: Arc<str>,
    reply: oneshot::Receiver<Message>,
}

impl InFlight {
    /// A place for the reply to `id`; `None` when too many calls wait.
    pub(super) fn enter(&self, id: &Arc<str>) -> Option<Waiting<'_>> {
        let mut waiting = self.lock();
        if waiting.len() >= MAX_CALLS {
            return None;
        }
        let (sender, reply) = oneshot::channel();
        waiting.insert(Arc::clone(id), sender);
        Some(Waiting { calls: self, id: Arc::clone(id), reply })
    }

    /// Hands the reply over; one that nobody waits for (any more) is dropped.
    pub(super) fn complete(&self, reply: Message) {
        let sender = self.lock().remove(&reply.subject);
        match sender {
            // The caller may have stopped waiting this very moment.
            Some(sender) => drop(sender.send(reply)),
            None => tracing::debug!(request = %reply.subject, "a reply nobody waits for"),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, oneshot::Sender<Message>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// The reply; `None` when it can no longer come.
    pub(super) async fn reply(&mut self) -> Option<Message> {
        (&mut self.reply).await.ok()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.id);
    }
}
