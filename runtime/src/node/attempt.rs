//! One try of a call: a request on its way to one instance, and the reply it waits for.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::time::Instant;

use crate::backend::{Body, Failure, OutgoingCall, Reply, Wants};
use crate::codec::{self, Encoder};
use crate::error::{ErrorBody, NotSent, Rejection, Unanswered};
use crate::message::unanswered_id;
use crate::{Endpoint, MessageType, MessageView};

use super::Node;
use super::candidates::{Candidate, Candidates, fit_body};
use super::in_flight::{Answer, Place};

/// A request that was sent. Dropped before its reply came, it tells a peer that understands it that
/// nobody waits any more.
pub(super) struct Attempt {
    node: Arc<Node>,
    candidates: Arc<Candidates>,
    picked: usize,
    place: Option<Place>,
    /// When it was sent, if that is measured.
    sent: Option<Instant>,
}

/// What became of sending.
pub(super) enum Sent {
    /// It waits for its reply, and wakes the waker when it comes.
    Waits(Attempt),
    /// Nobody wants one.
    Done(Reply),
}

impl Attempt {
    /// Sends `call` to the candidate `picked`; `times` are now and when this try stops waiting.
    ///
    /// # Errors
    ///
    /// Why it was not sent, and where it should have gone.
    pub(super) fn send(
        node: &Arc<Node>,
        call: &mut OutgoingCall,
        candidates: Arc<Candidates>,
        picked: usize,
        times: (Instant, Instant),
        waker: &Waker,
    ) -> Result<Sent, (NotSent, Endpoint)> {
        let candidate = candidates.get(picked);
        match send(node, call, candidate, times, waker) {
            Ok(Some(place)) => {
                let sent = candidates.are_many().then_some(times.0);
                Ok(Sent::Waits(Self { node: Arc::clone(node), candidates, picked, place: Some(place), sent }))
            }
            Ok(None) => Ok(Sent::Done(Reply { headers: Bytes::new(), body: Bytes::from_static(b"\xc0") })),
            Err(reason) => Err((reason, candidate.endpoint.clone())),
        }
    }

    pub(super) fn candidate(&self) -> &Candidate {
        self.candidates.get(self.picked)
    }

    /// The outcome of this try.
    pub(super) fn poll(&mut self, cx: &Context<'_>) -> Poll<Result<Reply, Failure>> {
        let place = self.place.as_ref().expect("not polled behind its outcome");
        let Poll::Ready(outcome) = self.node.in_flight.poll(place, cx) else { return Poll::Pending };
        let timed_out = matches!(outcome, Err(Failure::Unknown(Unanswered::TimedOut)));
        if let Some(place) = self.place.take()
            && timed_out
        {
            self.cancel(&place);
        }
        let outcome = outcome.and_then(read_answer);
        let health = &self.candidate().health;
        health.end();
        if says_nothing_good(&outcome) {
            health.failed();
        } else {
            health.succeeded(self.sent.map(|sent| sent.elapsed()));
        }
        Poll::Ready(outcome)
    }

    fn cancel(&self, place: &Place) {
        let candidate = self.candidate();
        if !candidate.cancels {
            return;
        }
        let id = unanswered_id();
        let message = MessageView {
            id: &id,
            kind: MessageType::Cancel,
            subject: place.id(),
            headers: b"\x80",
            body: b"\xc0",
            rest: &[],
            shared: None,
        };
        if let Err(error) = self.node.parts.transport.send(&candidate.endpoint, message) {
            tracing::debug!(peer = %candidate.endpoint, %error, "could not send a cancel");
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.node.in_flight.leave(&place);
            self.candidate().health.end();
            self.cancel(&place);
        }
    }
}

/// The place where the reply will arrive, if the caller wants one.
fn send(
    node: &Node,
    call: &mut OutgoingCall,
    candidate: &Candidate,
    (now, deadline): (Instant, Instant),
    waker: &Waker,
) -> Result<Option<Place>, NotSent> {
    let mut fitted = if call.newer.is_empty() { None } else { fit_body(call, candidate) };
    let headers = write_beside(call, fitted.as_mut(), candidate, deadline.saturating_duration_since(now));
    let body = fitted.as_ref().unwrap_or(&call.body);
    let transport = &node.parts.transport;
    if call.wants == Wants::Nothing {
        transport.send(&candidate.endpoint, request(&unanswered_id(), body, headers))?;
        return Ok(None);
    }
    let wants_headers = call.wants == Wants::Headers;
    let place = node.in_flight.enter(&candidate.endpoint, deadline, wants_headers, waker)?;
    candidate.health.begin();
    let sent = transport.send(&candidate.endpoint, request(place.id(), body, headers));
    if let Err(reason) = sent {
        if !matches!(reason, NotSent::TooLarge | NotSent::Stopped) {
            // What no peer could take says nothing of this one.
            candidate.health.failed();
        }
        candidate.health.end();
        node.in_flight.leave(&place);
        return Err(reason);
    }
    Ok(Some(place))
}

/// Writes headers, then the subject, behind the arguments that go out; says how long the headers are.
fn write_beside(
    call: &mut OutgoingCall,
    fitted: Option<&mut Body>,
    candidate: &Candidate,
    remaining: std::time::Duration,
) -> usize {
    let out = match fitted {
        Some(fitted) => fitted.beside(),
        None => call.body.beside(),
    };
    let start = out.len();
    let mut encoder = Encoder::behind(std::mem::take(out));
    let others = || call.headers.iter().flat_map(|headers| headers.iter()).filter(|(name, _)| is_other(name));
    encoder.map(3 + if call.headers.is_some() { others().count() } else { 0 });
    for (name, value) in others() {
        encoder.field(name, value);
    }
    encoder.raw(b"\xa8trace_id");
    encoder.str_bytes(call.trace_id.as_bytes());
    encoder.raw(&candidate.headers);
    encoder.uint(u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX));
    *out = encoder.into_vec();
    let headers = out.len() - start;
    out.extend_from_slice(call.interface.as_bytes());
    out.push(b'.');
    out.extend_from_slice(call.method.as_bytes());
    headers
}

fn is_other(name: &str) -> bool {
    !matches!(name, "trace_id" | "version" | "timeout_millis")
}

fn request<'a>(id: &'a [u8], body: &'a Body, headers: usize) -> MessageView<'a> {
    let (headers, subject) = body.written().split_at(headers);
    MessageView {
        id,
        kind: MessageType::Req,
        subject,
        headers,
        body: body.first(),
        rest: body.rest(),
        shared: None,
    }
}

/// Whether the peer is to be thought worse of: it is silent, or has no time.
fn says_nothing_good(outcome: &Result<Reply, Failure>) -> bool {
    match outcome {
        Ok(_) | Err(Failure::Declared(_)) => false,
        Err(Failure::Rejected(reason)) => matches!(reason, Rejection::Overloaded | Rejection::Draining),
        Err(Failure::Unknown(reason)) => matches!(reason, Unanswered::TimedOut | Unanswered::PeerLost),
        Err(Failure::NotSent(_)) => true,
    }
}

fn read_answer(answer: Answer) -> Result<Reply, Failure> {
    let Answer { kind, headers, body } = answer;
    match kind {
        MessageType::Rep | MessageType::Ack => Ok(Reply { headers, body }),
        MessageType::Nack => Err(Failure::Unknown(Unanswered::Nack)),
        MessageType::Error => Err(match codec::from_bytes::<ErrorBody>(&body) {
            Err(error) => Failure::Unknown(Unanswered::Unreadable(error.to_string())),
            Ok(body) => Rejection::from_body(&body).map_or(Failure::Declared(body), Failure::Rejected),
        }),
        MessageType::Req | MessageType::Cancel => {
            unreachable!("only replies are handed to `accept_reply`")
        }
    }
}
