//! From a request that arrives to the answer on its way back.
//!
//! [`Ear::received`] sorts what a transport hands over; [`Server::admit`] refuses at once what cannot be run in time
//! ([`admission`]); [`Server::answer`] runs the handler under its caller's deadline and sends what
//! it says. A handler's panic costs only its own caller.

mod admission;
mod hosted;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::error::{ErrorBody, NotSent, Rejection};
use crate::metrics::Metrics;
use crate::node::Node;
use crate::service::{Answer, Incoming, Service};
use crate::transport::{Loss, Pace, Peer, Receiver};
use crate::{
    Context, Endpoint, Headers, Message, MessageType, MessageView, Value, Version, codec, context, new_id,
};

pub(crate) use admission::Limits;
use admission::{Admission, Permit};
pub(crate) use hosted::{BUILTIN, Hosted};

/// How long a handler may run for a caller that sends no deadline (Python's do not).
const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);

/// The longest deadline a caller may ask for.
const MAX_PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct Server {
    node: Arc<Node>,
    hosted: Hosted,
    admission: Admission,
    metrics: Arc<Metrics>,
    running: Mutex<HashMap<(Endpoint, Arc<str>), CancellationToken>>,
    handlers: Mutex<JoinSet<()>>,
}

/// What the transport holds of the server, which in turn holds the transport.
struct Ear(Weak<Server>);

impl Server {
    pub(crate) fn new(node: Arc<Node>, hosted: Hosted, limits: Limits, metrics: Arc<Metrics>) -> Arc<Self> {
        let admission = Admission::new(limits);
        let (running, handlers) = (Mutex::default(), Mutex::default());
        Arc::new(Self { node, hosted, admission, metrics, running, handlers })
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
        self.node.parts().transport.start(Arc::new(Ear(Arc::downgrade(&self))));
        stop.cancelled().await;
        // Nobody hears replies any more.
        self.node.stop();
        let mut handlers = std::mem::take(&mut *self.handlers());
        handlers.shutdown().await;
    }

    /// Starts a handler, or refuses with a reason.
    fn admit(self: &Arc<Self>, peer: &Peer, request: Message) {
        let arrived = Instant::now();
        let trace_id = request.headers.get_str("trace_id").map_or_else(new_id, Arc::from);
        let span = tracing::info_span!("call", %trace_id, subject = %request.subject);
        let _in_span = span.enter();
        let call = self.hosted.find(&request.subject, request.headers.get_str("version"));
        let Some((service, method)) = call else {
            tracing::warn!(subject = %request.subject, source = %peer.endpoint(), "no such interface, version or method");
            self.reply(peer, &request, Version::new(0, 0, 0), Answer::Nack);
            return;
        };
        let version = service.interface().version;
        // Whether a process is alive must be answered however busy it is.
        let admitted =
            if self.hosted.is_builtin(&service) { Ok(Permit::unlimited()) } else { self.admission.enter() };
        match admitted {
            Err(rejection) => self.reply(peer, &request, version, Answer::Rejected(rejection)),
            Ok(permit) => {
                // Before the handler's task starts: a cancel may come next.
                let cancelled = CancellationToken::new();
                let key = (peer.endpoint().clone(), Arc::clone(&request.id));
                self.running().insert(key, cancelled.clone());
                let peer = peer.clone();
                let job = Job { peer, request, trace_id, service, method, arrived, cancelled };
                let mut handlers = self.handlers();
                while handlers.try_join_next().is_some() {}
                if !self.node.is_stopped() {
                    handlers.spawn(Arc::clone(self).answer(job, permit).instrument(span.clone()));
                }
            }
        }
    }

    /// Runs one handler until it answers, panics, its caller cancels, or the deadline passes.
    async fn answer(self: Arc<Self>, job: Job, mut permit: Permit) {
        let Job { peer, request, trace_id, service, method, arrived, cancelled } = job;
        let version = service.interface().version;
        let deadline = deadline_of(&request.headers, arrived);
        let key = (peer.endpoint().clone(), Arc::clone(&request.id));
        let cx = Context::new(context::Inner {
            backend: Arc::clone(&self.node) as Arc<dyn crate::backend::Backend>,
            trace_id,
            deadline: Some(deadline),
            headers: request.headers.clone(),
            caller: Some(peer.endpoint().clone()),
            delivery: None,
        });
        let work = async {
            permit.wait_turn().await;
            if Instant::now() >= deadline {
                return Answer::Rejected(Rejection::Expired);
            }
            let incoming = Incoming::new(cx, request.body.clone());
            // The closure keeps a panic of decoding inside, too.
            let handler = AssertUnwindSafe(async { service.call(method, incoming).await }).catch_unwind();
            handler.await.unwrap_or_else(|_| {
                tracing::error!("handler panicked");
                Answer::Nack
            })
        };
        let outcome = tokio::select! {
            biased;
            () = cancelled.cancelled() => None,
            answer = tokio::time::timeout_at(deadline, work) => answer.ok(),
        };
        self.running().remove(&key);
        self.metrics.served(&request.subject, outcome.as_ref(), arrived.elapsed());
        match outcome {
            Some(answer) => self.reply(&peer, &request, version, answer),
            // Nobody waits any more, except for callers that sent no deadline.
            None if request.headers.get("timeout_millis").is_none() => {
                self.reply(&peer, &request, version, Answer::Nack);
            }
            None => tracing::debug!(source = %peer.endpoint(), "the caller no longer waits"),
        }
        drop(permit);
    }

    fn cancel(&self, source: &Endpoint, request: &str) {
        if let Some(token) = self.running().get(&(source.clone(), request.into())) {
            token.cancel();
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<(Endpoint, Arc<str>), CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handlers(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, peer: &Peer, request: &Message, version: Version, answer: Answer) {
        let (kind, body) = match answer {
            Answer::Reply(body) => (MessageType::Rep, body),
            Answer::Ack => (MessageType::Ack, codec::to_bytes(&())),
            Answer::Nack => (MessageType::Nack, codec::to_bytes(&())),
            Answer::Error(body) => (MessageType::Error, codec::to_bytes(&body)),
            Answer::Rejected(rejection) => (MessageType::Error, codec::to_bytes(&rejection_body(&rejection))),
        };
        let mut headers = Headers::new();
        let known = version != Version::new(0, 0, 0);
        headers.insert("version", known.then(|| version.to_string()));
        headers.insert("trace_id", request.headers.get("trace_id").cloned().unwrap_or(Value::Nil));
        let headers = codec::to_bytes(&headers);
        let id = new_id();
        let reply = MessageView {
            id: &id,
            kind,
            subject: &request.id,
            headers: &headers,
            body: &body,
            shared: Some(&body),
        };
        let transport = &*self.node.parts().transport;
        let mut sent = peer.answer(transport, reply);
        if sent == Err(NotSent::TooLarge) {
            tracing::error!(peer = %peer.endpoint(), request = %request.id, "an answer was too large to be sent");
            sent = peer.answer(
                transport,
                MessageView { kind: MessageType::Nack, body: b"\xc0", shared: None, ..reply },
            );
        }
        if let Err(error) = sent {
            tracing::warn!(peer = %peer.endpoint(), %error, request = %request.id, "an answer was lost");
        }
    }
}

impl Receiver for Ear {
    fn received(&self, peer: &Peer, message: MessageView<'_>) -> Pace {
        let Some(server) = self.0.upgrade() else { return Pace::Steady };
        match message.kind {
            MessageType::Req => match message.to_message() {
                Ok(request) => server.admit(peer, request),
                Err(error) => tracing::warn!(%error, source = %peer.endpoint(), "dropped a request"),
            },
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

/// A request with the handler it goes to.
struct Job {
    peer: Peer,
    request: Message,
    trace_id: Arc<str>,
    service: Arc<dyn Service>,
    method: &'static str,
    arrived: Instant,
    /// Its caller no longer waits.
    cancelled: CancellationToken,
}

fn rejection_body(rejection: &Rejection) -> ErrorBody {
    ErrorBody { kind: rejection.wire_name().to_owned(), message: rejection.to_string(), data: None }
}

/// Deadlines cross the wire as remaining milliseconds: clocks differ.
fn deadline_of(headers: &Headers, arrived: Instant) -> Instant {
    let millis = headers.get("timeout_millis").and_then(Value::as_u64);
    arrived + millis.map_or(DEFAULT_PATIENCE, |millis| Duration::from_millis(millis).min(MAX_PATIENCE))
}
