//! Calls that wait for replies: one slot each, which the request's id leads to.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::backend::Failure;
use crate::error::{NotSent, Unanswered};
use crate::message::{Id, request_id, slot_of};
use crate::transport::Loss;
use crate::{Endpoint, MessageType, MessageView};

/// Calls of one process that may wait for replies at once.
const MAX_CALLS: usize = 65_536;

/// Deadlines that are closer to each other are looked after together.
const GRAIN: Duration = Duration::from_millis(1);

/// One for all calls: a timer each would cost more than the call.
#[derive(Default)]
pub(super) struct InFlight {
    table: Mutex<Table>,
    /// A deadline came in that is before all others.
    sooner: Notify,
}

#[derive(Default)]
struct Table {
    slots: Vec<Slot>,
    /// The first in a chain of free slots.
    free: Option<u32>,
    waiting: usize,
    /// When [`InFlight::expire`] next has something to do, as far as it knows.
    alarm: Option<Instant>,
    closed: bool,
}

enum Slot {
    Free { next: Option<u32> },
    Waiting(Call),
    Settled(Result<Answer, Failure>),
}

struct Call {
    id: Id,
    /// [`Endpoint::key`] of who was asked; `None` when its endpoint may have other names.
    peer: Option<u64>,
    deadline: Instant,
    wants_headers: bool,
    waker: Waker,
}

/// A REP, ACK, NACK or ERROR.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) kind: MessageType,
    pub(super) headers: Bytes,
    pub(super) body: Bytes,
}

/// One caller's place; it must be given back by [`InFlight::leave`], or by taking the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    slot: u32,
    id: Id,
}

impl Place {
    /// The request's id.
    pub(super) fn id(&self) -> &[u8] {
        &self.id
    }
}

impl InFlight {
    /// A place for the reply of `peer`.
    ///
    /// # Errors
    ///
    /// [`NotSent`] when too many calls wait, or none may any more.
    pub(super) fn enter(
        &self,
        peer: &Endpoint,
        deadline: Instant,
        wants_headers: bool,
        waker: &Waker,
    ) -> Result<Place, NotSent> {
        let mut table = self.lock();
        if table.closed {
            return Err(NotSent::Stopped);
        }
        if table.waiting >= MAX_CALLS {
            return Err(NotSent::QueueFull(peer.to_string()));
        }
        let slot = table.free.unwrap_or(table.slots.len() as u32);
        let id = request_id(slot);
        let peer = has_one_name(peer).then(|| peer.key());
        let call = Slot::Waiting(Call { id, peer, deadline, wants_headers, waker: waker.clone() });
        match table.slots.get_mut(slot as usize) {
            Some(place) => {
                let Slot::Free { next } = std::mem::replace(place, call) else {
                    unreachable!("the chain has free slots only")
                };
                table.free = next;
            }
            None => table.slots.push(call),
        }
        table.waiting += 1;
        let sooner = table.alarm.is_none_or(|alarm| deadline < alarm);
        if sooner {
            table.alarm = Some(deadline);
        }
        drop(table);
        if sooner {
            self.sooner.notify_one();
        }
        Ok(Place { slot, id })
    }

    /// The answer, which empties the place; until it is there, `cx` is woken when it comes.
    pub(super) fn poll(&self, place: &Place, cx: &Context<'_>) -> Poll<Result<Answer, Failure>> {
        let mut table = self.lock();
        if let Slot::Waiting(call) = &mut table.slots[place.slot as usize] {
            if !call.waker.will_wake(cx.waker()) {
                call.waker.clone_from(cx.waker());
            }
            return Poll::Pending;
        }
        match table.free(place.slot) {
            Slot::Settled(outcome) => Poll::Ready(outcome),
            Slot::Free { .. } | Slot::Waiting(_) => unreachable!("only its owner empties a place"),
        }
    }

    /// Nobody waits there any more.
    pub(super) fn leave(&self, place: &Place) {
        let slot = self.lock().free(place.slot);
        // Whatever it held is dropped without the lock.
        drop(slot);
    }

    /// Hands a reply of `peer` over; one that nobody waits for (any more) is dropped, and so is one of
    /// somebody else than was asked.
    pub(super) fn complete(&self, peer: &Endpoint, reply: MessageView<'_>) {
        let mut table = self.lock();
        let slot = slot_of(reply.subject).and_then(|slot| table.slots.get_mut(slot));
        let Some(slot) = slot else {
            drop(table);
            tracing::debug!(source = %peer, "a reply nobody waits for");
            return;
        };
        let wants_headers = match slot {
            Slot::Waiting(call) if call.id[..] == *reply.subject => {
                if call.peer.is_some_and(|asked| asked != peer.key()) {
                    drop(table);
                    tracing::warn!(source = %peer, "a reply of a peer that was not asked");
                    return;
                }
                call.wants_headers
            }
            _ => {
                drop(table);
                tracing::debug!(source = %peer, "a reply nobody waits for");
                return;
            }
        };
        let headers = if wants_headers { Bytes::copy_from_slice(reply.headers) } else { Bytes::new() };
        let answer = Answer { kind: reply.kind, headers, body: reply.body_bytes() };
        let Slot::Waiting(call) = std::mem::replace(slot, Slot::Settled(Ok(answer))) else {
            unreachable!("it was looked at under this lock")
        };
        drop(table);
        call.waker.wake();
    }

    /// Ends the calls that will never be answered.
    pub(super) fn lose(&self, loss: Loss<'_>) {
        match loss {
            Loss::Unsent { peer, id, reason } => self.settle(|call| {
                let reason = || NotSent::Transport(format!("`{peer}` is out of reach: {reason}"));
                (call.id[..] == *id.as_bytes()).then(|| Failure::NotSent(reason()))
            }),
            Loss::PeerGone(peer) => self.settle(|call| {
                (call.peer == Some(peer.key())).then_some(Failure::Unknown(Unanswered::PeerLost))
            }),
        }
    }

    /// Ends all calls and lets none in any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.settle(|_| Some(Failure::Unknown(Unanswered::PeerLost)));
    }

    pub(super) fn len(&self) -> usize {
        self.lock().waiting
    }

    /// Ends each call at its deadline, for as long as it is polled.
    pub(super) async fn watch_deadlines(&self) {
        loop {
            let alarm = self.lock().alarm;
            let Some(alarm) = alarm else {
                self.sooner.notified().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(alarm) => self.expire(Instant::now()),
                () = self.sooner.notified() => {}
            }
        }
    }

    fn expire(&self, now: Instant) {
        let mut next: Option<Instant> = None;
        // Before the deadlines are looked at: one that comes in meanwhile sets it again.
        self.lock().alarm = None;
        self.settle(|call| {
            if call.deadline <= now {
                return Some(Failure::Unknown(Unanswered::TimedOut));
            }
            next = Some(next.map_or(call.deadline, |next| next.min(call.deadline)));
            None
        });
        let mut table = self.lock();
        let next = next.map(|next| next.max(now + GRAIN));
        table.alarm = match (table.alarm, next) {
            (Some(alarm), Some(next)) => Some(alarm.min(next)),
            (alarm, next) => alarm.or(next),
        };
    }

    /// Ends the calls that `failure` has one for.
    fn settle(&self, mut failure: impl FnMut(&Call) -> Option<Failure>) {
        let mut wakers = Vec::new();
        for slot in &mut self.lock().slots {
            if let Slot::Waiting(call) = slot
                && let Some(failure) = failure(call)
                && let Slot::Waiting(call) = std::mem::replace(slot, Slot::Settled(Err(failure)))
            {
                wakers.push(call.waker);
            }
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn free(&mut self, slot: u32) -> Slot {
        self.waiting -= 1;
        let free = Slot::Free { next: self.free.replace(slot) };
        std::mem::replace(&mut self.slots[slot as usize], free)
    }
}

/// Whether what answers there can only name itself so: `tcp://localhost:1` answers as `tcp://127.0.0.1:1`.
fn has_one_name(endpoint: &Endpoint) -> bool {
    let Some(address) = endpoint.as_str().strip_prefix("tcp://") else { return true };
    let Some(first) = address.bytes().next() else { return true };
    first.is_ascii_digit() || first == b'['
}
