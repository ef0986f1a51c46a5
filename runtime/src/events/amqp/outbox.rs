//! What waits for the broker's confirmation, to be published again on the next connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lapin::BasicProperties;
use lapin::types::ShortString;
use tokio::sync::{Notify, oneshot};

use super::names::Queue;
use crate::error::EmitError;

/// Messages that may wait, and their bytes.
const MAX_WAITING: (usize, usize) = (10_000, 64 << 20);

/// One message on its way out.
#[derive(Debug, Clone)]
pub(super) struct Publication {
    pub(super) exchange: ShortString,
    pub(super) routing_key: ShortString,
    pub(super) properties: BasicProperties,
    pub(super) payload: Bytes,
    /// Declared before publishing, and again when that was long ago.
    pub(super) declare: Option<Queue>,
}

/// What tells returned messages apart: two that agree in all of it share their fate.
pub(super) type Address = (Option<ShortString>, ShortString, ShortString);

impl Publication {
    pub(super) fn address(&self) -> Address {
        (self.properties.message_id().clone(), self.exchange.clone(), self.routing_key.clone())
    }

    fn bytes(&self) -> usize {
        self.payload.len() + self.routing_key.as_str().len()
    }
}

/// Whether a queue took it, or why the broker did not.
pub(super) type Confirmed = Result<bool, EmitError>;

/// Bounded; in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    state: Mutex<State>,
    added: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: BTreeMap<u64, Waiting>,
    bytes: usize,
    last: u64,
    /// The first one not yet published on this connection.
    next: u64,
}

#[derive(Debug)]
struct Waiting {
    publication: Arc<Publication>,
    /// Whether a connection ever had it.
    attempted: bool,
    confirm: Option<oneshot::Sender<Confirmed>>,
}

impl Outbox {
    /// Publishes and waits for the broker, no longer than `timeout`; forgotten when dropped.
    pub(super) async fn publish(&self, publication: Publication, timeout: Duration) -> Confirmed {
        let (number, confirmed) = self.add(publication)?;
        let entry = Entry { outbox: self, number };
        match tokio::time::timeout(timeout, confirmed).await {
            Ok(Ok(confirmed)) => confirmed,
            _ if entry.was_attempted() => Err(EmitError::TimedOut),
            _ => Err(EmitError::Unreachable),
        }
    }

    fn add(&self, publication: Publication) -> Result<(u64, oneshot::Receiver<Confirmed>), EmitError> {
        let (confirm, confirmed) = oneshot::channel();
        let mut state = self.state();
        let bytes = state.bytes + publication.bytes();
        if state.waiting.len() >= MAX_WAITING.0 || bytes > MAX_WAITING.1 {
            return Err(EmitError::QueueFull);
        }
        state.bytes = bytes;
        state.last += 1;
        let number = state.last;
        let publication = Arc::new(publication);
        state.waiting.insert(number, Waiting { publication, attempted: false, confirm: Some(confirm) });
        self.added.notify_one();
        Ok((number, confirmed))
    }

    /// Everything that waits is to be published on a new connection.
    pub(super) fn start_over(&self) {
        self.state().next = 0;
    }

    /// The next one to publish, as soon as there is one; cancel-safe.
    pub(super) async fn next(&self) -> (u64, Arc<Publication>) {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.added.notified().await;
        }
    }

    fn try_next(&self) -> Option<(u64, Arc<Publication>)> {
        let mut state = self.state();
        let (from, mut found) = (state.next, None);
        if let Some((number, waiting)) = state.waiting.range_mut(from..).next() {
            waiting.attempted = true;
            found = Some((*number, Arc::clone(&waiting.publication)));
        }
        state.next = found.as_ref().map_or(from, |(number, _)| number + 1);
        found
    }

    /// Tells whoever waits, and forgets it.
    pub(super) fn settle(&self, number: u64, confirmed: Confirmed) {
        let confirm = self.state().forget(number).and_then(|mut waiting| waiting.confirm.take());
        if let Some(confirm) = confirm {
            // Whoever asked may have stopped waiting this very moment.
            drop(confirm.send(confirmed));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, number: u64) -> Option<Waiting> {
        let waiting = self.waiting.remove(&number)?;
        self.bytes -= waiting.publication.bytes();
        Some(waiting)
    }
}

/// Somebody who waits for a confirmation.
struct Entry<'a> {
    outbox: &'a Outbox,
    number: u64,
}

impl Entry<'_> {
    fn was_attempted(&self) -> bool {
        self.outbox.state().waiting.get(&self.number).is_some_and(|waiting| waiting.attempted)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.outbox.state().forget(self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn publication(bytes: usize) -> Publication {
        Publication {
            exchange: "lymph".into(),
            routing_key: "t".into(),
            properties: BasicProperties::default(),
            payload: vec![0; bytes].into(),
            declare: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn says_whether_it_ever_left() {
        let outbox = Outbox::default();
        let within = Duration::from_secs(1);
        assert_eq!(outbox.publish(publication(1), within).await, Err(EmitError::Unreachable));
        let publishing = outbox.publish(publication(1), within);
        let (published, (number, _)) = tokio::join!(publishing, outbox.next());
        assert_eq!((published, number), (Err(EmitError::TimedOut), 2));
        assert_eq!(outbox.state().bytes, 0, "nothing stays behind");
    }

    #[tokio::test(start_paused = true)]
    async fn comes_again_in_order_on_a_new_connection() {
        let outbox = Outbox::default();
        let within = Duration::from_secs(1);
        let publishing = (0..3).map(|_| outbox.publish(publication(1), within));
        let broker = async {
            for expected in [1, 2, 3] {
                assert_eq!(outbox.next().await.0, expected);
            }
            assert!(outbox.next().now_or_never().is_none());
            outbox.settle(2, Ok(true));
            outbox.start_over();
            for expected in [1, 3] {
                assert_eq!(outbox.next().await.0, expected);
                outbox.settle(expected, Ok(false));
            }
        };
        let (confirmed, ()) = tokio::join!(futures_util::future::join_all(publishing), broker);
        assert_eq!(confirmed, [Ok(false), Ok(true), Ok(false)]);
    }

    #[tokio::test(start_paused = true)]
    async fn is_bounded() {
        let outbox = Outbox::default();
        let (waiting, _confirmed) = outbox.add(publication(MAX_WAITING.1 - 1)).expect("it fits");
        assert_eq!(outbox.add(publication(1)).err(), Some(EmitError::QueueFull));
        outbox.settle(waiting, Ok(true));
        assert!(outbox.add(publication(1)).is_ok());
    }
}
