//! From a request that arrives to the answer on its way back.
//!
//! [`Ear::received`] sorts what a transport hands over; [`Server::admit`] refuses at once what cannot be
//! run in time ([`admission`]) and starts the handler where it is, in the task of the connection.
//! Most are done by then. One that waits for something moves to a task of its own ([`job`]),
//! which is when its deadline needs a timer and its caller may cancel it. A handler's panic costs
//! only its own caller.

mod admission;
mod hosted;
mod job;
mod line;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{self, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Level, Span};

use crate::backend::{BESIDE_BYTES, Backend};
use crate::codec::Document;
use crate::error::{ErrorBody, NotSent, Rejection};
use crate::headers::Known;
use crate::message::{Text, random_id, unanswered_id};
use crate::metrics::Metrics;
use crate::node::Node;
use crate::service::{Answer, Answering, Incoming};
use crate::transport::{Loss, Pace, Peer, Receiver, Turn};
use crate::{Context, Endpoint, MessageType, MessageView, codec};

pub(crate) use admission::Limits;
use admission::{Admission, Entry};
pub(crate) use hosted::{BUILTIN, Hosted};
use hosted::{Target, Targets, answer_headers};
use job::{Hold, Job, Work};

/// How long a handler may run for a caller that sends no deadline (Python's do not).
const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);

/// The longest deadline a caller may ask for.
const MAX_PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// A handler that takes longer before it waits or answers has kept everything else of its connection
/// waiting, and whatever else its thread has to do: that comes next.
const QUICK: Duration = Duration::from_micros(250);

/// Those that take longer still had better run where other threads may take them.
const LONG: Duration = Duration::from_millis(1);

/// After two long ones in a row, so many calls of their method run in tasks of their own from the start.
/// Then it is tried again. One may have been long because its thread had to wait.
const APART: u32 = 64;

/// What a transport reads at once, at most, where no larger message was announced.
const READ_BYTES: usize = 64 << 10;

/// As MessagePack writes nothing.
const NIL: &[u8] = b"\xc0";

pub(crate) struct Server {
    node: Arc<Node>,
    targets: Targets,
    admission: Admission,
    metrics: Arc<Metrics>,
    /// Handlers that may be cancelled, by caller and request.
    running: Mutex<HashMap<job::Key, CancellationToken>>,
    handlers: Mutex<JoinSet<()>>,
    /// The runtime that the container was started in, which may have more threads to spare than the
    /// one that a request arrives in.
    home: OnceLock<Handle>,
}

/// What the transport holds of the server, which in turn holds the transport.
struct Ear(Weak<Server>);

impl Server {
    pub(crate) fn new(node: Arc<Node>, hosted: &Hosted, limits: Limits, metrics: Arc<Metrics>) -> Arc<Self> {
        let targets = Targets::new(hosted);
        metrics.cover(targets.metrics());
        let admission = Admission::new(limits);
        let (running, handlers, home) = (Mutex::default(), Mutex::default(), OnceLock::new());
        Arc::new(Self { node, targets, admission, metrics, running, handlers, home })
    }

    /// Refuses every new request from here on; what runs goes on.
    pub(crate) fn drain(&self) {
        self.admission.close();
    }

    /// Requests admitted and not yet answered.
    pub(crate) fn requests_under_way(&self) -> usize {
        self.admission.under_way()
    }

    /// Requests answered since the start.
    pub(crate) fn answered(&self) -> u64 {
        self.metrics.answered()
    }

    /// Resolves when nothing admitted is left.
    pub(crate) async fn idle(&self) {
        self.admission.idle().await;
    }

    /// Takes what arrives until `stop` fires, then cancels what still runs.
    pub(crate) async fn serve(self: Arc<Self>, stop: CancellationToken) {
        // Also when this future is dropped: nobody hears replies any more, or looks after deadlines.
        let hangs_up = HangsUp(Arc::clone(&self.node));
        self.home.get_or_init(Handle::current);
        self.node.parts().transport.start(Arc::new(Ear(Arc::downgrade(&self))));
        stop.run_until_cancelled(self.node.watch_deadlines()).await;
        drop(hangs_up);
        let mut handlers = std::mem::take(&mut *self.handlers());
        handlers.shutdown().await;
    }

    /// Runs a handler until it answers or waits, or refuses with a reason.
    fn admit(self: &Arc<Self>, peer: &Peer, request: MessageView<'_>, turn: &mut Turn) -> Pace {
        let arrived = turn.begin();
        let known = match Known::read(request.headers) {
            Ok(known) => known,
            Err(error) => {
                tracing::debug!(%error, source = %peer.endpoint(), "dropped a request whose headers are unreadable");
                return Pace::Steady;
            }
        };
        let trace_id = known.trace_id.and_then(Text::read).unwrap_or_else(|| random_id().into());
        let raw_trace_id = known.raw_trace_id.unwrap_or(NIL);
        let span = span(&trace_id, request.subject);
        let in_span = span.enter();
        let Some(target) = self.targets.find(request.subject, known.version) else {
            tracing::warn!(subject = &*String::from_utf8_lossy(request.subject), source = %peer.endpoint(), "no such interface, version or method");
            self.reply(peer, request.id, &answer_headers(None), raw_trace_id, Answer::Nack);
            return Pace::Steady;
        };
        // Whether a process is alive must be answered however busy it is.
        let entry = if target.is_builtin {
            None
        } else {
            Some(self.admission.enter(|| (peer.origin(), request.len())))
        };
        let entry = match entry.transpose() {
            Ok(entry) => entry,
            Err(rejection) => {
                self.reply(peer, request.id, &target.headers, raw_trace_id, Answer::Rejected(rejection));
                return Pace::Steady;
            }
        };
        let deadline = arrived + patience(known.timeout_millis);
        let backend = Backend::Node(Arc::clone(&self.node));
        let caller = peer.endpoint().clone();
        let cx = Context::of_request(backend, trace_id, deadline, request.headers, caller);
        let waits = matches!(entry, Some(Entry::Wait(_)));
        let apart = !waits && runs_apart(target);
        let work = if waits || apart {
            Work::New { cx, body: kept(&request) }
        } else {
            let started = match deadline > arrived {
                true => start(target, cx, request.body, request.shared),
                false => Started::Answered(Answer::Rejected(Rejection::Expired)),
            };
            let took = turn.done() - arrived;
            let pace = pace(target, took);
            match started {
                Started::Answered(answer) => {
                    target.metrics.served(Some(&answer), took);
                    self.reply(peer, request.id, &target.headers, raw_trace_id, answer);
                    if entry.is_some() {
                        self.admission.leave();
                    }
                    return pace;
                }
                Started::Waits(answering) => Work::Begun { answering, pace },
            }
        };
        drop(in_span);
        let pace = work.pace();
        let job = Job {
            hold: Hold::new(Arc::clone(self), entry),
            target: Arc::clone(target),
            peer: peer.clone(),
            request: request.id.into(),
            raw_trace_id: raw_trace_id.into(),
            arrived,
            deadline,
            has_timeout: known.has_timeout,
        };
        // Before the task starts: a cancel may come next.
        let cancelled = CancellationToken::new();
        self.running().insert(job.key(), cancelled.clone());
        let mut handlers = self.handlers();
        while handlers.try_join_next().is_some() {}
        if !self.node.is_stopped() {
            let running = job.run(work, cancelled).instrument(span);
            match self.home.get().filter(|_| apart) {
                Some(home) => handlers.spawn_on(running, home),
                None => handlers.spawn(running),
            };
        }
        pace
    }

    fn cancel(&self, caller: &Endpoint, request: &[u8]) {
        if let Some(token) = self.running().get(&(caller.clone(), request.into())) {
            token.cancel();
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<job::Key, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handlers(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `headers` go up to the value of `trace_id`, which is `raw_trace_id`.
    fn reply(&self, peer: &Peer, request: &[u8], headers: &[u8], raw_trace_id: &[u8], answer: Answer) {
        let error = |body: &ErrorBody| (MessageType::Error, codec::to_vec(body).into());
        let (kind, document): (_, Document) = match answer {
            Answer::Reply(document) => (MessageType::Rep, document),
            Answer::Ack => (MessageType::Ack, NIL.to_vec().into()),
            Answer::Nack => (MessageType::Nack, NIL.to_vec().into()),
            Answer::Error(body) => error(&body),
            Answer::Rejected(rejection) => error(&rejection_body(&rejection)),
        };
        // What is small shares its memory with the headers.
        let (mut buffer, rest) = document.into_parts();
        let end = buffer.len();
        buffer.reserve(BESIDE_BYTES);
        buffer.extend_from_slice(headers);
        buffer.extend_from_slice(raw_trace_id);
        let (body, headers) = buffer.split_at(end);
        let id = unanswered_id();
        let reply = MessageView { id: &id, kind, subject: request, headers, body, rest: &rest, shared: None };
        let transport = &*self.node.parts().transport;
        let mut sent = peer.answer(transport, reply);
        if sent == Err(NotSent::TooLarge) {
            tracing::error!(peer = %peer.endpoint(), "an answer was too large to be sent");
            let nack = MessageView { kind: MessageType::Nack, body: NIL, rest: &[], ..reply };
            sent = peer.answer(transport, nack);
        }
        if let Err(error) = sent {
            // Peers that go, or do not read, can bring this about as often as they like.
            tracing::debug!(peer = %peer.endpoint(), %error, "an answer was lost");
        }
    }
}

impl Receiver for Ear {
    fn received(&self, peer: &Peer, message: MessageView<'_>, turn: &mut Turn) -> Pace {
        let Some(server) = self.0.upgrade() else { return Pace::Steady };
        match message.kind {
            MessageType::Req => return server.admit(peer, message, turn),
            MessageType::Cancel => server.cancel(peer.endpoint(), message.subject),
            MessageType::Rep | MessageType::Ack | MessageType::Nack | MessageType::Error => {
                server.node.accept_reply(peer.endpoint(), message);
            }
        }
        Pace::Steady
    }

    fn lost(&self, loss: Loss<'_>) {
        if let Some(server) = self.0.upgrade() {
            server.node.accept_loss(loss);
        }
    }
}

/// Ends all calls of a process when it goes.
struct HangsUp(Arc<Node>);

impl Drop for HangsUp {
    fn drop(&mut self) {
        self.0.hang_up();
    }
}

/// What log lines of a call stand in. Nothing is made where nobody looks at it.
fn span(trace_id: &Text, subject: &[u8]) -> Span {
    if !tracing::span_enabled!(Level::INFO) {
        return Span::none();
    }
    tracing::info_span!("call", %trace_id, subject = &*String::from_utf8_lossy(subject))
}

/// A handler that ran for as long as it had something to do.
enum Started {
    Answered(Answer),
    Waits(Answering),
}

/// Runs a handler until it answers or waits for the first time. What it waits for wakes nobody: the task
/// it moves to asks again at once.
fn start(target: &Target, cx: Context, body: &[u8], shared: Option<&Bytes>) -> Started {
    // The closure keeps a panic of decoding inside, too.
    let started = catch_unwind(AssertUnwindSafe(|| {
        let mut answering = target.service.call(target.method, Incoming::new(cx, body, shared));
        let mut nobody = task::Context::from_waker(Waker::noop());
        match Pin::new(&mut answering).poll(&mut nobody) {
            Poll::Ready(answer) => Started::Answered(answer),
            Poll::Pending => Started::Waits(answering),
        }
    }));
    started.unwrap_or_else(|_| Started::Answered(panicked()))
}

/// The body of a request for as long as that takes. A small one would keep all of the buffer that it
/// came in.
fn kept(request: &MessageView<'_>) -> Bytes {
    match request.body.len() < READ_BYTES {
        true => Bytes::copy_from_slice(request.body),
        false => request.body_bytes(),
    }
}

/// The panic hook has told the cause.
fn panicked() -> Answer {
    tracing::error!("handler panicked");
    Answer::Nack
}

fn runs_apart(target: &Target) -> bool {
    target.apart.load(Relaxed) > 0
        && target.apart.fetch_update(Relaxed, Relaxed, |calls| calls.checked_sub(1)).is_ok()
}

fn pace(target: &Target, took: Duration) -> Pace {
    if took <= LONG {
        if target.was_long.load(Relaxed) {
            target.was_long.store(false, Relaxed);
        }
    } else if target.was_long.swap(true, Relaxed) {
        target.apart.store(APART, Relaxed);
    }
    if took <= QUICK { Pace::Steady } else { Pace::Rest }
}

fn rejection_body(rejection: &Rejection) -> ErrorBody {
    ErrorBody { kind: rejection.wire_name().to_owned(), message: rejection.to_string(), data: None }
}

/// Deadlines cross the wire as remaining milliseconds: clocks differ.
fn patience(timeout_millis: Option<u64>) -> Duration {
    timeout_millis.map_or(DEFAULT_PATIENCE, |millis| Duration::from_millis(millis).min(MAX_PATIENCE))
}
