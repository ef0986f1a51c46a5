//! One connection on its stream: a task that reads, hands over, and writes.
//!
//! Everything happens in one task and in this order: read once, hand every message to the receiver,
//! write once what the receiver (and everybody else) put into the outbox meanwhile. Senders wake the
//! task only while it sleeps, so a batch costs one wake-up, one read and one write on either side.
//!
//! Two sides that do this in turn use one core, and sleep half of the time. Unless that was in vain lately, the
//! task therefore waits awake for a moment before it sleeps, and writes after the first half of what it read.

mod busy_poll;
mod end;
mod memory;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BufMut;
use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep_until};

use self::busy_poll::BusyPoll;
pub(crate) use self::end::End;
use self::memory::Progress;
use crate::batch::Writing;
use crate::budget::{OWN_BYTES, Share};
use crate::peer::{Handler, Pace, Receiver};
use crate::stream::Stream;
use crate::{Config, Connection, Event, Options, Peer, ProtocolError, Security};

/// The first buffer of a connection, and of one that was idle; enough for a handshake.
const FIRST_READ: usize = 1 << 10;

/// The most that is read at once, unless a larger frame was announced: 64 KiB, and what is around them.
const LARGEST_READ: usize = 68 << 10;

/// What is read, as long as more is there at once, before what became of it is written: four messages of 64
/// KiB. More would not stay near the processor.
const READ_ON_BYTES: usize = 256 << 10;

/// The least that is handed over before what became of it is written: some forty small messages, for which
/// one more write is little.
const FIRST_BYTES: usize = 8 << 10;

/// Runs one connection to its end. What is in `writing` then was not sent.
pub(crate) async fn drive<H: Handler>(
    stream: Stream,
    config: Arc<Config>,
    security: Security,
    options: &Options,
    peer: &Peer,
    handler: &H,
    writing: &mut Writing,
) -> End {
    let now = Instant::now();
    let mut driver = Driver {
        stream,
        connection: Connection::with_security(config, security),
        options,
        peer,
        handler,
        writing,
        receiver: None,
        turn: options.turn_messages,
        has_more: false,
        is_read_full: false,
        unanswered: 0,
        keep: 0,
        is_on_several_threads: Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread,
        has_gathered: false,
        busy_poll: BusyPoll::new(options.busy_poll),
        read_bytes: FIRST_READ,
        is_stuck: false,
        timer: Box::pin(sleep_until(now + options.handshake)),
        heard_at: now,
        used_at: now,
        pinged_at: None,
        begun_at: None,
        incoming: Share::new(peer.incoming().clone(), OWN_BYTES),
        sent_bytes: 0,
        progress: Progress::new(now),
        closing: None,
    };
    poll_fn(|cx| driver.poll(cx)).await
}

struct Driver<'a, H: Handler> {
    stream: Stream,
    connection: Connection,
    options: &'a Options,
    peer: &'a Peer,
    handler: &'a H,
    writing: &'a mut Writing,
    /// There once the handshake is over.
    receiver: Option<H::Receiver>,
    /// Messages that may be handed over before others have their turn.
    turn: usize,
    /// The turn ended while whole messages may still be in the buffer.
    has_more: bool,
    /// Bytes in the buffer that are left for the next turn.
    keep: usize,
    /// The runtime has several threads, as far as that can be seen.
    is_on_several_threads: bool,
    /// Senders had their turn; what they sent is to be written now.
    has_gathered: bool,
    busy_poll: BusyPoll,
    /// The last read left no room.
    is_read_full: bool,
    /// Bytes that were read since something was last written.
    unanswered: usize,
    /// Room that is made for the next read.
    read_bytes: usize,
    /// The kernel took no more bytes.
    is_stuck: bool,
    timer: Pin<Box<Sleep>>,
    heard_at: Instant,
    /// When a message last went either way.
    used_at: Instant,
    /// When the peer was asked for a sign of life that it has not given.
    pinged_at: Option<Instant>,
    /// When the message, or command, began that the peer has not ended.
    begun_at: Option<Instant>,
    /// Of the memory of all, what messages that are read may take.
    incoming: Share,
    /// Bytes that the kernel took.
    sent_bytes: usize,
    progress: Progress,
    /// Our side is being shut down, for this reason.
    closing: Option<Closing>,
}

struct Closing {
    end: fn() -> End,
    is_shut_down: bool,
}

/// What one step of a connection amounts to.
type Step = Poll<Result<(), End>>;

impl<H: Handler> Driver<'_, H> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        self.peer.outbox().awake();
        self.turn = self.options.turn_messages;
        loop {
            let read = self.poll_read(cx);
            if let Poll::Ready(Err(end)) = read {
                // What it has to say of that is written if the kernel takes it at once, and so are answers to a
                // peer that asks no more.
                let may_listen = matches!(end, End::Lost(None)) && !self.peer.is_dialed();
                if may_listen || !matches!(end, End::Lost(_)) {
                    _ = self.poll_write(cx);
                }
                return Poll::Ready(self.ended(end));
            }
            if self.reads_on(&read) {
                continue;
            }
            if read.is_pending() && self.gathers(cx) {
                return Poll::Pending;
            }
            let written = self.poll_write(cx);
            if let Poll::Ready(Err(end)) = written {
                // What it said before it went is still there, its reason perhaps.
                let said = loop {
                    match self.poll_read(cx) {
                        Poll::Ready(Ok(())) => {}
                        Poll::Ready(Err(said)) if !matches!(said, End::Lost(_)) => break said,
                        _ => break end,
                    }
                };
                return Poll::Ready(self.ended(said));
            }
            if self.has_more {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if read.is_ready() || written.is_ready() {
                continue;
            }
            if let Poll::Ready(end) = self.poll_timer(cx) {
                return Poll::Ready(end);
            }
            if self.poll_close(cx).is_ready() {
                continue;
            }
            let hungry = self.receiver.is_some() && self.closing.is_none() && self.writing.is_done();
            if self.peer.outbox().sleep(cx.waker(), hungry) {
                if hungry && self.busy_poll.waits(std::time::Instant::now) {
                    // Polled again when the runtime has looked once for what came, and let all others run.
                    _ = pin!(yield_now()).poll(cx);
                }
                return Poll::Pending;
            }
        }
    }

    /// Why it ends, when `end` is how that was noticed.
    fn ended(&self, end: End) -> End {
        match (&self.closing, end) {
            (Some(closing), _) => (closing.end)(),
            (None, End::Lost(_)) if self.receiver.is_none() => {
                End::Cut { is_unproven: self.connection.awaits_proof() }
            }
            (None, end) => end,
        }
    }

    /// Hands over what is in the buffer, or else reads once and hands that over.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Step {
        if std::mem::take(&mut self.has_more) {
            self.keep = 0;
            return Poll::Ready(self.hand_over());
        }
        // One that does not take its answers gets no more of them. Whoever dialed always reads, so
        // that never both sides wait for each other.
        if !self.peer.is_dialed() && self.receiver.is_some() && self.peer.outbox().is_loaded() {
            return Poll::Pending;
        }
        if self.connection.input().capacity() == 0 {
            ready!(self.stream.poll_read_ready(cx)).map_err(|error| End::Lost(Some(error)))?;
        }
        let room = ready!(self.make_room(cx));
        let mut input = self.connection.input().limit(room);
        match ready!(pin!(self.stream.read_buf(&mut input)).poll(cx)) {
            Ok(0) => return Poll::Ready(Err(End::Lost(None))),
            Ok(count) => {
                self.is_read_full = count == room;
                self.unanswered += count;
                if self.is_read_full {
                    self.read_bytes = (self.read_bytes * 4).min(LARGEST_READ);
                }
            }
            Err(error) => return Poll::Ready(Err(End::Lost(Some(error)))),
        }
        self.heard();
        self.keep = self.second_half();
        Poll::Ready(self.hand_over())
    }

    /// What of the bytes that were read is to wait until the first have been handed over, and what became of
    /// that is written: a peer that runs beside us then has work while we go on with the rest.
    fn second_half(&mut self) -> usize {
        let len = self.connection.input().len();
        if self.busy_poll.pays() { len.saturating_sub(FIRST_BYTES.max(len / 2)) } else { 0 }
    }

    fn is_first_half_over(&mut self) -> bool {
        self.connection.input().len() < self.keep && self.connection.has_message()
    }

    fn heard(&mut self) {
        self.heard_at = Instant::now();
        self.pinged_at = None;
    }

    fn hand_over(&mut self) -> Result<(), End> {
        let turn = self.turn;
        let handed_over = loop {
            match self.connection.poll() {
                Ok(None) => break Ok(()),
                Ok(Some(Event::Message(message))) => {
                    let Some(receiver) = &mut self.receiver else { break Ok(()) };
                    self.turn = self.turn.saturating_sub(1);
                    let pace = receiver.message(message);
                    if pace == Pace::Rest || self.turn == 0 || self.is_first_half_over() {
                        self.has_more = true;
                        break Ok(());
                    }
                }
                Ok(Some(Event::Ready(info))) => match self.handler.connected(self.peer, &info) {
                    Ok(receiver) => {
                        self.receiver = Some(receiver);
                        self.peer.outbox().connected();
                        self.timer.as_mut().reset(self.heard_at + self.options.heartbeat);
                    }
                    Err(reason) => {
                        self.connection.refuse(&reason);
                        break Err(End::Refused(reason));
                    }
                },
                Err(error) => break Err(End::Protocol(error)),
            }
        };
        if self.turn < turn {
            self.busy_poll.received();
            self.used_at = self.heard_at;
            self.begun_at = None;
            if let Some(receiver) = &mut self.receiver {
                receiver.end_of_batch();
            }
        }
        self.watch_partial();
        self.spare_memory();
        handed_over
    }

    /// Gives the message that was read in part, if there is one, its time.
    fn watch_partial(&mut self) {
        if !self.connection.is_amid_message() || self.has_more {
            self.begun_at = None;
        } else if self.begun_at.is_none() && self.receiver.is_some() {
            self.begun_at = Some(self.heard_at);
            self.look_after_at(self.heard_at + self.options.message);
        }
    }

    /// Has the timer fire at `when`, if not before.
    fn look_after_at(&mut self, when: Instant) {
        if self.timer.deadline() > when {
            self.timer.as_mut().reset(when);
        }
    }

    /// Whether to read more before anything is written: a read that was filled has left something behind, and
    /// several large messages are answered by one write.
    fn reads_on(&mut self, read: &Step) -> bool {
        let more = read.is_ready() && self.is_read_full && !self.has_more && self.unanswered < READ_ON_BYTES;
        if !more {
            self.unanswered = 0;
        }
        more
    }

    /// Whether to write a little later. Where a runtime has several threads, who was woken last runs first:
    /// the sender of one message would be followed by us, not by those who are about to send as well.
    fn gathers(&mut self, cx: &mut Context<'_>) -> bool {
        let begins = self.is_on_several_threads
            && !self.has_gathered
            && self.receiver.is_some()
            && self.writing.is_done()
            && !self.peer.outbox().is_empty();
        if begins {
            self.has_gathered = true;
            // Behind all who are ready, where another thread may take it up if one of them computes for long.
            cx.waker().wake_by_ref();
        }
        begins
    }

    /// Writes once, if there is something to write.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Step {
        if self.writing.is_done() {
            if self.closing.is_some() {
                return Poll::Pending;
            }
            let control = self.connection.output().split().freeze();
            if self.receiver.is_some() && !self.peer.outbox().is_empty() {
                self.peer.outbox().load(control, self.writing);
                self.busy_poll.sent();
                self.has_gathered = false;
                self.used_at = Instant::now();
            } else if !control.is_empty() {
                self.writing.load(control, &mut Default::default());
            } else {
                return Poll::Pending;
            }
        }
        if self.connection.is_secured() && self.writing.wants_sealing() {
            self.seal().map_err(End::Protocol)?;
        }
        let stream = Pin::new(&mut self.stream);
        let written = self.writing.with_slices(|slices| stream.poll_write_vectored(cx, slices));
        let was_stuck = std::mem::replace(&mut self.is_stuck, written.is_pending());
        match ready!(written) {
            Ok(0) => return Poll::Ready(Err(End::Lost(None))),
            Ok(count) => {
                if was_stuck {
                    // To take bytes again is a sign of life, too.
                    self.heard();
                }
                self.sent_bytes = self.sent_bytes.wrapping_add(count);
                let finished = self.writing.advance(count);
                if self.peer.outbox().written(finished) {
                    self.writing.shrink();
                    self.peer.outbox().shrink();
                }
            }
            Err(error) => return Poll::Ready(Err(End::Lost(Some(error)))),
        }
        Poll::Ready(Ok(()))
    }

    /// Seals what is to be written next, behind what the connection has sealed of its own meanwhile:
    /// the peer counts.
    fn seal(&mut self) -> Result<(), ProtocolError> {
        let control = self.connection.output().split();
        let connection = &mut self.connection;
        self.writing.seal(&control, |more, frame, out| connection.encode_frame(more, frame, out))
    }

    /// Looks after a connection on which nothing happens.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        while self.timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            if let Some(closing) = &self.closing {
                return Poll::Ready((closing.end)());
            }
            if self.receiver.is_none() {
                return Poll::Ready(End::Handshake);
            }
            let message_until = self.begun_at.map(|begun_at| begun_at + self.options.message);
            if message_until.is_some_and(|until| until <= now) {
                return Poll::Ready(End::Unfinished);
            }
            self.give_memory_back();
            if self.is_hoarding(now) {
                return Poll::Ready(End::Hoarding);
            }
            let idle = now - self.used_at >= self.options.idle;
            if idle && self.peer.is_dialed() {
                self.begin_closing(|| End::Idle);
                continue;
            }
            if self.incoming.is_waiting() {
                // Nobody listens to it, so it cannot be heard.
                self.heard();
            }
            let Some(next_sign) = self.next_sign(cx, now) else { return Poll::Ready(End::Silent) };
            let others = [message_until, self.next_tick(now)];
            self.timer.as_mut().reset(others.into_iter().flatten().fold(next_sign, Instant::min));
        }
        Poll::Pending
    }

    /// When the peer must have given a sign of life; asks it for one, if it is time. `None` when it
    /// has been silent for too long.
    fn next_sign(&mut self, cx: &mut Context<'_>, now: Instant) -> Option<Instant> {
        if let Some(pinged_at) = self.pinged_at {
            let until = pinged_at + self.options.heartbeat_patience;
            return (now < until).then_some(until);
        }
        let silent = now - self.heard_at;
        if silent < self.options.heartbeat {
            Some(self.heard_at + self.options.heartbeat)
        } else if self.connection.ping() {
            self.pinged_at = Some(now);
            _ = self.poll_write(cx);
            Some(now + self.options.heartbeat_patience)
        } else {
            (silent < self.options.idle).then_some(now + self.options.heartbeat)
        }
    }

    fn begin_closing(&mut self, end: fn() -> End) {
        self.closing = Some(Closing { end, is_shut_down: false });
        self.timer.as_mut().reset(Instant::now() + self.options.linger);
    }

    /// Once all is written, shuts our side down and waits for the peer to see it: closing with bytes
    /// of the peer unread would take from it what it has not read of ours.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.closing.is_none() {
            let outbox = self.peer.outbox();
            if !(outbox.is_closing() && outbox.is_empty() && self.writing.is_done()) {
                return Poll::Pending;
            }
            self.begin_closing(|| End::Closed);
        }
        match &mut self.closing {
            Some(closing) if !closing.is_shut_down && self.writing.is_done() => {
                // An error will come up again when reading.
                closing.is_shut_down = Pin::new(&mut self.stream).poll_shutdown(cx).is_ready();
            }
            _ => return Poll::Pending,
        }
        // The timer was set and has to be asked again.
        Poll::Ready(())
    }
}
