//! One process's place in the cluster: its sockets, its view of the registry, its calls under way.
//!
//! The way of a call: [`Node::call`] looks the interface up, [`candidates`] keeps the instances that
//! may answer, [`Balancer`] picks one, [`Node::attempt`] sends the request and waits for the reply
//! that [`Node::accept_reply`] hands over.

mod balance;
mod candidates;
mod in_flight;
mod retry;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, Failure, OutgoingCall, Reply};
use crate::error::{EmitError, ErrorBody, NotSent, Rejection, Unanswered};
use crate::events::{Emitted, EventBus, Outgoing};
use crate::registry::{Instance, Instances, Registry, identity_of};
use crate::transport::{Loss, Transport};
use crate::{Decode, Endpoint, Headers, Message, MessageType, MessageView, codec, new_id};

use balance::Balancer;
use in_flight::InFlight;
use retry::{RetryBudget, backoff};

/// Instances tried for one call, the first included.
const MAX_ATTEMPTS: u32 = 3;

/// Interfaces watched at once; beyond it those that nobody serves are forgotten first.
const MAX_WATCHES: usize = 512;

/// How long a lookup may take when nothing is known yet.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// The sockets and services that a node stands on.
#[derive(Clone)]
pub struct Parts {
    /// Takes messages to peers.
    pub transport: Arc<dyn Transport>,
    /// Finds instances.
    pub registry: Arc<dyn Registry>,
    /// Publishes and delivers events; `None` when none is configured.
    pub bus: Option<Arc<dyn EventBus>>,
}

pub(crate) struct Node {
    parts: Parts,
    identity: String,
    in_flight: InFlight,
    balancer: Balancer,
    budget: RetryBudget,
    watches: Mutex<HashMap<Arc<str>, Instances>>,
    stopped: CancellationToken,
}

/// Where one attempt goes.
struct Target {
    endpoint: Endpoint,
    version: Option<String>,
    cancels: bool,
    body: bytes::Bytes,
}

impl Node {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            identity: identity_of(parts.transport.endpoint()),
            parts,
            in_flight: InFlight::default(),
            balancer: Balancer::default(),
            budget: RetryBudget::default(),
            watches: Mutex::default(),
            stopped: CancellationToken::new(),
        })
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.parts.transport.endpoint()
    }

    /// Refuses new calls from here on; those under way go on.
    pub(crate) fn stop(&self) {
        self.stopped.cancel();
    }

    /// Calls that wait for a reply.
    pub(crate) fn calls_under_way(&self) -> usize {
        self.in_flight.len()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.is_cancelled()
    }

    /// Hands a REP, ACK, NACK or ERROR of `peer` to the caller that waits for it, if one still does.
    pub(crate) fn accept_reply(&self, peer: &Endpoint, message: MessageView<'_>) {
        match message.to_message() {
            Ok(message) => self.in_flight.complete(message),
            Err(error) => tracing::warn!(%error, source = %peer, "dropped a reply"),
        }
    }

    /// Tells callers of what the transport lost.
    pub(crate) fn accept_loss(&self, loss: Loss<'_>) {
        self.in_flight.lose(loss);
    }

    /// Sends, waits, and tries again where that is safe, until an outcome or the deadline.
    async fn call_until_settled(self: Arc<Self>, call: OutgoingCall) -> Result<Reply, Failure> {
        if self.stopped.is_cancelled() {
            return Err(Failure::NotSent(NotSent::Stopped));
        }
        self.budget.earn();
        let (mut tried, mut may_have_run) = (Vec::new(), None);
        for attempt in 1.. {
            let outcome = self.clone().attempt_once(&call, &mut tried, attempt).await;
            let Err(failure) = outcome else { return outcome };
            let failure = retry::in_the_end(failure, &mut may_have_run);
            let again = attempt < MAX_ATTEMPTS && retry::is_safe(&failure, &call) && self.budget.spend();
            let pause = backoff(attempt);
            if !again || Instant::now() + pause >= call.deadline {
                return Err(failure);
            }
            tracing::debug!(subject = %call.subject, ?failure, attempt, "trying again");
            tokio::time::sleep(pause).await;
        }
        unreachable!("the loop returns at MAX_ATTEMPTS")
    }

    async fn attempt_once(
        self: Arc<Self>,
        call: &OutgoingCall,
        tried: &mut Vec<Endpoint>,
        attempt: u32,
    ) -> Result<Reply, Failure> {
        if Instant::now() >= call.deadline {
            return Err(Failure::NotSent(NotSent::Expired));
        }
        let target = self.pick(call, tried).await.map_err(Failure::NotSent)?;
        tried.push(target.endpoint.clone());
        self.attempt(call, target, retry::attempt_deadline(call, attempt)).await
    }

    /// Chooses an instance and fits the body to its version.
    async fn pick(&self, call: &OutgoingCall, tried: &[Endpoint]) -> Result<Target, NotSent> {
        if let Some(endpoint) = &call.at {
            let body = call.body.clone();
            return Ok(Target { endpoint: endpoint.clone(), version: None, cancels: false, body });
        }
        let instances = self.lookup(&call.interface, call.deadline).await?;
        let candidates = candidates::matching(&instances, call)?;
        let fresh: Vec<&Instance> =
            candidates.iter().copied().filter(|i| tried.iter().all(|t| t.as_str() != i.endpoint)).collect();
        let picked = self.balancer.pick(if fresh.is_empty() { &candidates } else { &fresh });
        Ok(Target {
            endpoint: Endpoint::new(picked.endpoint.as_str()),
            version: picked.version.clone(),
            cancels: picked.understands("cancel"),
            body: candidates::fit_body(call, picked),
        })
    }

    async fn lookup(&self, interface: &Arc<str>, deadline: Instant) -> Result<Arc<Vec<Instance>>, NotSent> {
        let known = self.watches.lock().unwrap_or_else(PoisonError::into_inner).get(interface).cloned();
        let watch = match known {
            Some(watch) => watch,
            None => {
                let limit = deadline.min(Instant::now() + LOOKUP_TIMEOUT);
                let found = tokio::time::timeout_at(limit, self.parts.registry.watch(interface)).await;
                let watch = found
                    .map_err(|_| NotSent::Registry("the registry did not answer in time".into()))?
                    .map_err(|error| NotSent::Registry(error.to_string()))?;
                let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
                if watches.len() >= MAX_WATCHES {
                    watches.retain(|_, watch| !watch.borrow().is_empty());
                }
                // When all of them are in use, this one is asked for again next time.
                if watches.len() < MAX_WATCHES {
                    watches.insert(Arc::clone(interface), watch.clone());
                }
                watch
            }
        };
        let instances = Arc::clone(&watch.borrow());
        Ok(instances)
    }

    /// Sends one request and waits for its reply until `deadline`.
    async fn attempt(
        self: Arc<Self>,
        call: &OutgoingCall,
        target: Target,
        deadline: Instant,
    ) -> Result<Reply, Failure> {
        let Target { endpoint, version, cancels, body } = target;
        let mut headers = call.headers.clone();
        headers.insert("version", version);
        let remaining = deadline.saturating_duration_since(Instant::now());
        headers.insert("timeout_millis", u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX));
        let request = Message {
            id: new_id(),
            kind: MessageType::Req,
            subject: Arc::clone(&call.subject),
            headers,
            body,
        };
        if !call.wants_reply {
            self.parts.transport.send_message(&endpoint, &request).map_err(Failure::NotSent)?;
            return Ok(Reply { headers: Headers::new(), body: codec::to_bytes(&()) });
        }
        let full = || Failure::NotSent(NotSent::QueueFull(endpoint.to_string()));
        let mut waiting = self.in_flight.enter(&request.id, &endpoint).ok_or_else(full)?;
        let measured = self.balancer.begin(&endpoint);
        if let Err(reason) = self.parts.transport.send_message(&endpoint, &request) {
            // What no peer could take says nothing of this one.
            if !matches!(reason, NotSent::TooLarge | NotSent::Stopped) {
                measured.failed();
            }
            return Err(Failure::NotSent(reason));
        }
        // Whoever drops this future early no longer waits: the peer may stop working on it.
        let cancel = CancelOnDrop { node: &self, peer: cancels.then_some(&endpoint), request: &request.id };
        let answer = tokio::time::timeout_at(deadline, waiting.reply()).await;
        match answer {
            Err(_) => {
                measured.failed();
                Err(Failure::Unknown(Unanswered::TimedOut))
            }
            Ok(Err(lost)) => {
                cancel.disarm();
                measured.failed();
                Err(lost)
            }
            Ok(Ok(message)) => {
                cancel.disarm();
                let outcome = read_reply(message);
                match &outcome {
                    Err(Failure::Rejected(Rejection::Overloaded | Rejection::Draining)) => measured.failed(),
                    _ => measured.succeeded(),
                }
                outcome
            }
        }
    }
}

/// Tells a peer that understands it that nobody waits any more.
struct CancelOnDrop<'a> {
    node: &'a Node,
    peer: Option<&'a Endpoint>,
    request: &'a Arc<str>,
}

impl CancelOnDrop<'_> {
    fn disarm(mut self) {
        self.peer = None;
    }
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        let Some(peer) = self.peer else { return };
        let message = Message {
            id: new_id(),
            kind: MessageType::Cancel,
            subject: Arc::clone(self.request),
            headers: Headers::new(),
            body: codec::to_bytes(&()),
        };
        if let Err(error) = self.node.parts.transport.send_message(peer, &message) {
            tracing::debug!(%peer, %error, "could not send a cancel");
        }
    }
}

fn read_reply(message: Message) -> Result<Reply, Failure> {
    let Message { kind, headers, body, .. } = message;
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

impl Backend for Node {
    fn call(self: Arc<Self>, call: OutgoingCall) -> BoxFuture<'static, Result<Reply, Failure>> {
        self.call_until_settled(call).boxed()
    }

    fn emit(
        self: Arc<Self>,
        event: Outgoing,
        timeout: Duration,
    ) -> BoxFuture<'static, Result<Emitted, EmitError>> {
        async move {
            let bus = self.parts.bus.as_ref().ok_or(EmitError::NoBus)?;
            bus.emit(event, timeout).await
        }
        .boxed()
    }

    fn identity(&self) -> &str {
        &self.identity
    }
}

impl codec::Encode for ErrorBody {
    fn encode(&self, encoder: &mut codec::Encoder) {
        encoder.map(2 + usize::from(self.data.is_some()));
        encoder.field("type", &self.kind);
        encoder.field("message", &self.message);
        if let Some(data) = &self.data {
            encoder.str("data");
            encoder.raw(data);
        }
    }
}

impl Decode for ErrorBody {
    /// Reads what any peer sends: a missing `type` or `message` is empty, other keys are ignored.
    fn decode(decoder: &mut codec::Decoder<'_>) -> Result<Self, codec::DecodeError> {
        let mut body = Self { kind: String::new(), message: String::new(), data: None };
        let mut fields = decoder.fields()?;
        while let Some(name) = fields.next(decoder)? {
            match name {
                "type" => body.kind = decoder.field("type")?,
                "message" => body.message = decoder.field("message")?,
                "data" => body.data = Some(bytes::Bytes::copy_from_slice(decoder.raw()?)),
                _ => decoder.skip()?,
            }
        }
        Ok(body)
    }
}
