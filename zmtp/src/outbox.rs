//! What waits to be sent to one peer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::batch::{Batch, Frame, Writing, wire_bytes};
use crate::budget::{Budget, OWN_BYTES, Share};
use crate::{DialError, Multipart};

/// How much may wait for one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Messages, counted until they are with the kernel.
    pub messages: usize,
    /// Bytes of these messages on the wire.
    pub bytes: usize,
    /// Bytes of one message on the wire.
    pub message_bytes: usize,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self { messages: 4096, bytes: 32 << 20, message_bytes: 8 << 20 }
    }
}

/// What is taken of the memory of all at once, so that few messages have to ask.
const GROW_BYTES: usize = 16 << 10;

/// A peer that has so many bytes to read is asked for no more requests.
const LOADED_BYTES: usize = 1 << 20;

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// As much waits for this peer as may.
    #[error("too much waits for the peer already")]
    Full,
    /// As much waits for all peers together as may, see [`Options::memory_bytes`](crate::Options),
    /// and more for this one than it has room of its own.
    #[error("too much waits for all peers together")]
    Crowded,
    /// It is longer than [`OutboxLimits::message_bytes`].
    #[error("the message is too large")]
    TooLarge,
    /// The peer cannot be reached at present.
    #[error("the peer is out of reach: {0}")]
    Unreachable(String),
    /// It would be the first for this peer, which is not dialed.
    #[error(transparent)]
    NotDialed(#[from] DialError),
    /// The connection is closed.
    #[error("the connection is closed")]
    Closed,
}

/// Takes messages from any thread and gives them to the task of the peer's connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    limits: OutboxLimits,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Of the memory of all, what these bytes may take.
    share: Share,
    pending: Batch,
    /// Messages pending or being written, and their bytes.
    messages: usize,
    bytes: usize,
    /// Set while the connection's task sleeps.
    waker: Option<Waker>,
    /// Whether it wants to know of messages, or has enough to write.
    hungry: bool,
    status: Status,
    /// Since when the oldest pending message waits, while there is no connection.
    waiting_since: Option<Instant>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Status {
    /// Taking messages for a connection that is being made.
    #[default]
    Waiting,
    Connected,
    Refusing(String),
    /// Takes no more; what it has is sent.
    Closing,
    /// Nobody will ever send what is put in.
    Closed,
}

impl Outbox {
    pub(crate) fn new(limits: OutboxLimits, budget: Arc<Budget>) -> Self {
        let state = State {
            share: Share::new(budget, OWN_BYTES.min(limits.bytes)),
            pending: Batch::default(),
            messages: 0,
            bytes: 0,
            waker: None,
            hungry: false,
            status: Status::default(),
            waiting_since: None,
        };
        Self { limits, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, frames: &[Frame<'_>]) -> Result<(), SendError> {
        let bytes = wire_bytes(frames);
        if bytes > self.limits.message_bytes {
            return Err(SendError::TooLarge);
        }
        let mut state = self.lock();
        match &state.status {
            Status::Connected => {}
            Status::Waiting => {
                state.waiting_since.get_or_insert_with(Instant::now);
            }
            Status::Refusing(reason) => return Err(SendError::Unreachable(reason.clone())),
            Status::Closing | Status::Closed => return Err(SendError::Closed),
        }
        if state.messages >= self.limits.messages {
            return Err(SendError::Full);
        }
        if state.bytes + bytes > state.share.bytes() {
            self.grow(&mut state, bytes)?;
        }
        state.messages += 1;
        state.bytes += bytes;
        state.pending.push(frames, bytes);
        // The first of a batch wakes the task; the others find that it is awake already.
        let waker = if state.hungry { state.waker.take() } else { None };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Makes room for `bytes` more.
    #[cold]
    fn grow(&self, state: &mut State, bytes: usize) -> Result<(), SendError> {
        let wanted = state.bytes + bytes;
        if wanted > self.limits.bytes {
            return Err(SendError::Full);
        }
        let more = (wanted + GROW_BYTES).min(self.limits.bytes);
        let is_grown = state.share.try_grow(more) || state.share.try_grow(wanted);
        is_grown.then_some(()).ok_or(SendError::Crowded)
    }

    /// The connection's task is running, and will look again before it sleeps.
    pub(crate) fn awake(&self) {
        self.lock().waker = None;
    }

    /// Gives what is pending to `writing`, behind `control`, once all before is written.
    pub(crate) fn load(&self, control: Bytes, writing: &mut Writing) {
        writing.load(control, &mut self.lock().pending);
    }

    /// Notes that `messages` of `bytes` in all are with the kernel. Returns whether memory is scarce,
    /// and none is needed any more.
    pub(crate) fn written(&self, (messages, bytes): (usize, usize)) -> bool {
        let mut state = self.lock();
        state.messages -= messages;
        state.bytes -= bytes;
        state.bytes == 0 && state.share.is_larger() && state.share.budget().is_scarce()
    }

    /// Has `waker` called when the task is needed: at the next message if it is `hungry`. Returns
    /// `false` if it is needed already.
    pub(crate) fn sleep(&self, waker: &Waker, hungry: bool) -> bool {
        let mut state = self.lock();
        if hungry && !state.pending.is_empty() {
            return false;
        }
        state.hungry = hungry;
        state.waker = Some(waker.clone());
        true
    }

    /// Whether more waits than is good for whoever answers: a quarter of the messages, more bytes than
    /// stay near the processor, or more than its peer has room of its own while memory is scarce.
    pub(crate) fn is_loaded(&self) -> bool {
        let state = self.lock();
        let bytes = LOADED_BYTES.min(self.limits.bytes / 4);
        state.messages > self.limits.messages / 4 || state.bytes > bytes || state.is_greedy()
    }

    /// Whether it keeps memory that others need.
    pub(crate) fn is_greedy(&self) -> bool {
        self.lock().is_greedy()
    }

    /// Messages that are not with the kernel.
    pub(crate) fn messages(&self) -> usize {
        self.lock().messages
    }

    /// There is a connection that takes messages.
    pub(crate) fn connected(&self) {
        let mut state = self.lock();
        state.waiting_since = None;
        if matches!(state.status, Status::Waiting | Status::Refusing(_)) {
            state.status = Status::Connected;
        }
    }

    /// There is no connection, or no longer; the next one begins with what `writing` has not sent.
    /// Returns whether there was one that took messages.
    pub(crate) fn disconnected(&self, writing: &mut Writing) -> bool {
        let mut state = self.lock();
        state.pending.put_back(writing.unsent());
        let was_connected = state.status == Status::Connected;
        if was_connected {
            state.status = Status::Waiting;
        }
        let waits = !state.pending.is_empty();
        state.waiting_since = waits.then(|| state.waiting_since.unwrap_or_else(Instant::now));
        was_connected
    }

    /// Refuses messages for `reason` until there is a connection.
    pub(crate) fn refuse(&self, reason: &str) {
        let mut state = self.lock();
        if matches!(state.status, Status::Waiting | Status::Refusing(_)) {
            state.status = Status::Refusing(reason.to_owned());
        }
    }

    /// Takes out what has waited `longest` or longer for a connection, which is all or nothing:
    /// while attempts fail, nothing is put in.
    pub(crate) fn expire(&self, longest: Duration) -> Vec<Multipart> {
        let mut state = self.lock();
        if state.waiting_since.is_none_or(|since| since.elapsed() < longest) {
            return Vec::new();
        }
        state.drain()
    }

    /// Takes no more messages; what is there is sent.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        if state.status != Status::Closed {
            state.status = Status::Closing;
        }
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Closes for good unless messages are waiting; returns whether it did.
    pub(crate) fn leave(&self) -> bool {
        let mut state = self.lock();
        let empty = state.pending.is_empty();
        if empty {
            state.status = Status::Closed;
        }
        empty
    }

    /// Closes for good and takes out all that was never sent, `writing` included.
    pub(crate) fn abandon(&self, writing: &mut Writing) -> Vec<Multipart> {
        let mut state = self.lock();
        state.status = Status::Closed;
        state.pending.put_back(writing.unsent());
        state.drain()
    }

    pub(crate) fn is_closing(&self) -> bool {
        matches!(self.lock().status, Status::Closing | Status::Closed)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().status == Status::Closed
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().pending.is_empty()
    }

    /// Gives memory back that is not in use.
    pub(crate) fn shrink(&self) {
        let mut state = self.lock();
        state.pending.shrink();
        if state.bytes == 0 {
            state.share.give_back();
        }
    }
}

impl State {
    fn is_greedy(&self) -> bool {
        self.share.is_larger() && self.bytes > OWN_BYTES && self.share.budget().is_scarce()
    }

    fn drain(&mut self) -> Vec<Multipart> {
        let messages = self.pending.drain();
        self.waiting_since = None;
        self.messages -= messages.len();
        self.bytes -= messages.iter().map(Multipart::wire_bytes).sum::<usize>();
        if self.bytes == 0 {
            self.share.give_back();
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[Frame<'static>] = &[Frame::Copied(b"id"), Frame::Copied(b"body")];

    const LIMITS: OutboxLimits = OutboxLimits { messages: 3, bytes: 100, message_bytes: 60 };

    fn outbox() -> Outbox {
        Outbox::new(LIMITS, Budget::new(0))
    }

    /// Writes everything that is pending.
    fn write(outbox: &Outbox) {
        let mut writing = Writing::default();
        outbox.load(Bytes::new(), &mut writing);
        let bytes = writing.with_slices(|slices| slices.iter().map(|it| it.len()).sum());
        outbox.written(writing.advance(bytes));
        assert!(writing.is_done());
    }

    #[tokio::test]
    async fn messages_and_bytes_are_bounded_until_written() {
        let outbox = outbox();
        for _ in 0..3 {
            outbox.push(SMALL).expect("there is room");
        }
        assert_eq!(outbox.push(SMALL), Err(SendError::Full));
        write(&outbox);
        assert_eq!(outbox.messages(), 0);
        let large = [Frame::Copied(&[7; 55])];
        outbox.push(&large).expect("there is room");
        assert_eq!(outbox.push(&large), Err(SendError::Full), "bytes count as well");
        assert_eq!(outbox.push(&[Frame::Copied(&[7; 59])]), Err(SendError::TooLarge));
        outbox.push(SMALL).expect("a small one fits");
    }

    #[tokio::test]
    async fn beyond_its_own_it_takes_of_what_all_have_and_gives_it_back() {
        let limits = OutboxLimits { messages: 100, bytes: 1 << 20, message_bytes: 1 << 20 };
        let budget = Budget::new(101 << 10);
        let [one, other, third] = [(); 3].map(|()| Outbox::new(limits, budget.clone()));
        let large = [Frame::Copied(&[7; 50 << 10])];
        one.push(&large).expect("there is room");
        assert!(!one.is_greedy() && !one.is_loaded(), "nobody else needs it");
        other.push(&large).expect("there is room");
        assert!(one.is_greedy() && one.is_loaded());
        assert_eq!(one.push(&large), Err(SendError::Crowded));
        third.push(&[Frame::Copied(&[7; OWN_BYTES - 9])]).expect("it has that much of its own");
        assert_eq!(third.push(&large), Err(SendError::Crowded));
        write(&one);
        one.shrink();
        assert!(!one.is_greedy());
        third.push(&large).expect("there is room again");
        assert_eq!(other.abandon(&mut Writing::default()).len(), 1);
        one.push(&large).expect("what nobody will send takes nothing");
    }

    #[tokio::test]
    async fn what_a_lost_connection_held_still_counts_and_goes_first() {
        let outbox = outbox();
        outbox.push(&[Frame::Copied(b"first")]).expect("there is room");
        let mut writing = Writing::default();
        outbox.load(Bytes::new(), &mut writing);
        outbox.push(&[Frame::Copied(b"second")]).expect("there is room");
        outbox.disconnected(&mut writing);
        assert_eq!(outbox.messages(), 2);
        let unsent = outbox.abandon(&mut writing);
        let ids: Vec<_> = unsent.iter().filter_map(|it| it.frame(0)).collect();
        assert_eq!(ids, [&b"first"[..], b"second"]);
        assert_eq!((outbox.messages(), outbox.push(SMALL)), (0, Err(SendError::Closed)));
    }

    #[tokio::test]
    async fn out_of_reach_messages_are_refused_and_old_ones_expire() {
        let outbox = outbox();
        outbox.push(SMALL).expect("there is room");
        outbox.refuse("no route");
        assert_eq!(outbox.push(SMALL), Err(SendError::Unreachable("no route".to_owned())));
        assert_eq!(outbox.expire(Duration::from_secs(3600)), []);
        assert_eq!(outbox.expire(Duration::ZERO).len(), 1);
        outbox.connected();
        outbox.push(SMALL).expect("it is back");
        outbox.close();
        assert_eq!(outbox.push(SMALL), Err(SendError::Closed));
        assert!(!outbox.leave(), "one is to be sent yet");
    }
}
