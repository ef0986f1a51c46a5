//! One process's place in the cluster: its sockets, its view of the registry, its calls under way.
//!
//! The way of a call: an [`Exchange`] asks [`Node::known`] for the instances of the interface,
//! [`candidates`] keeps those that may answer and picks one, an [`attempt`] sends the request and waits
//! for the reply that [`Node::accept_reply`] hands over.

mod attempt;
mod balance;
mod candidates;
mod exchange;
mod in_flight;
mod retry;

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use tokio::time::Instant;

use crate::backend::{Failure, OutgoingCall, Reply};
use crate::error::{EmitError, ErrorBody, NotSent};
use crate::events::{Emitted, EventBus, Outgoing};
use crate::hash::QuickHash;
use crate::registry::{Instance, Instances, Registry, identity_of};
use crate::transport::{Loss, Transport};
use crate::{Decode, Endpoint, MessageView, codec};

use attempt::{Attempt, Sent};
use balance::Balancer;
use candidates::Candidates;
pub(crate) use exchange::Exchange;
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
    routes: Mutex<HashMap<Box<str>, Route, QuickHash>>,
    stopped: AtomicBool,
}

/// Where calls of one interface may go.
struct Route {
    watch: Instances,
    /// Made from what the watch showed last.
    candidates: Arc<Candidates>,
}

impl Route {
    fn new(mut watch: Instances, node: &Node) -> Self {
        let candidates = node.candidates(&watch.borrow_and_update());
        Self { watch, candidates }
    }

    fn current(&mut self, node: &Node) -> Arc<Candidates> {
        if self.watch.has_changed().unwrap_or(false) {
            self.candidates = node.candidates(&self.watch.borrow_and_update());
        }
        Arc::clone(&self.candidates)
    }
}

impl Node {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            identity: identity_of(parts.transport.endpoint()),
            parts,
            in_flight: InFlight::default(),
            balancer: Balancer::default(),
            budget: RetryBudget::default(),
            routes: Mutex::default(),
            stopped: AtomicBool::new(false),
        })
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.parts.transport.endpoint()
    }

    /// What events name as their source.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Refuses new calls from here on; those under way go on.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Calls that wait for a reply.
    pub(crate) fn calls_under_way(&self) -> usize {
        self.in_flight.len()
    }

    /// Ends each call at its deadline, for as long as it is polled; then [`Self::hang_up`] is due.
    pub(crate) async fn watch_deadlines(&self) {
        self.in_flight.watch_deadlines().await;
    }

    /// Nobody takes replies any more: ends all calls.
    pub(crate) fn hang_up(&self) {
        self.stop();
        self.in_flight.close();
    }

    /// Hands a REP, ACK, NACK or ERROR of `peer` to the caller that waits for it, if one still does.
    pub(crate) fn accept_reply(&self, peer: &Endpoint, message: MessageView<'_>) {
        self.in_flight.complete(peer, message);
    }

    /// Tells callers of what the transport lost.
    pub(crate) fn accept_loss(&self, loss: Loss<'_>) {
        self.in_flight.lose(loss);
    }

    /// Publishes the event.
    pub(crate) fn emit(
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

    /// Brings a call to its end whose first try came to nothing, or which nobody tried yet.
    async fn settle(
        self: Arc<Self>,
        mut call: OutgoingCall,
        deadline: Instant,
        mut tried: Vec<Endpoint>,
        mut failed: Option<Failure>,
    ) -> Result<Reply, Failure> {
        let mut may_have_run = None;
        for attempt in 1.. {
            let outcome = match failed.take() {
                Some(failure) => Err(failure),
                None => self.attempt(&mut call, deadline, &mut tried, attempt).await,
            };
            let Err(failure) = outcome else { return outcome };
            let failure = retry::in_the_end(failure, &mut may_have_run);
            let again = attempt < MAX_ATTEMPTS && retry::is_safe(&failure, &call) && self.budget.spend();
            let pause = backoff(attempt);
            if !again || Instant::now() + pause >= deadline {
                return Err(failure);
            }
            tracing::debug!(
                interface = &*call.interface,
                method = &*call.method,
                ?failure,
                attempt,
                "trying again"
            );
            tokio::time::sleep(pause).await;
        }
        unreachable!("the loop returns at MAX_ATTEMPTS")
    }

    async fn attempt(
        self: &Arc<Self>,
        call: &mut OutgoingCall,
        deadline: Instant,
        tried: &mut Vec<Endpoint>,
        attempt: u32,
    ) -> Result<Reply, Failure> {
        let candidates = match self.known(call) {
            Some(candidates) => candidates,
            None => self.lookup(&call.interface, deadline).await.map_err(Failure::NotSent)?,
        };
        let now = Instant::now();
        if now >= deadline {
            return Err(Failure::NotSent(NotSent::Expired));
        }
        let picked = candidates.pick(call, tried).map_err(Failure::NotSent)?;
        tried.push(candidates.get(picked).endpoint.clone());
        let times = (now, retry::attempt_deadline(call, deadline, attempt, now));
        let mut under_way: Option<Attempt> = None;
        poll_fn(|cx| {
            if let Some(attempt) = &mut under_way {
                return attempt.poll(cx);
            }
            match Attempt::send(self, call, Arc::clone(&candidates), picked, times, cx.waker()) {
                Ok(Sent::Waits(attempt)) => {
                    under_way = Some(attempt);
                    Poll::Pending
                }
                Ok(Sent::Done(reply)) => Poll::Ready(Ok(reply)),
                Err((reason, _)) => Poll::Ready(Err(Failure::NotSent(reason))),
            }
        })
        .await
    }

    /// Where the call may go, when that is known without asking.
    fn known(&self, call: &OutgoingCall) -> Option<Arc<Candidates>> {
        if let Some(endpoint) = &call.at {
            return Some(Arc::new(Candidates::known(endpoint, &self.balancer)));
        }
        self.routes().get_mut(&*call.interface).map(|route| route.current(self))
    }

    fn candidates(&self, instances: &[Instance]) -> Arc<Candidates> {
        for instance in instances {
            self.parts.transport.introduce(&Endpoint::new(instance.endpoint.as_str()), instance);
        }
        Arc::new(Candidates::new(instances, &self.balancer))
    }

    /// Asks the registry.
    async fn lookup(&self, interface: &str, deadline: Instant) -> Result<Arc<Candidates>, NotSent> {
        let limit = deadline.min(Instant::now() + LOOKUP_TIMEOUT);
        let found = tokio::time::timeout_at(limit, self.parts.registry.watch(interface)).await;
        let watch = found
            .map_err(|_| NotSent::Registry("the registry did not answer in time".into()))?
            .map_err(|error| NotSent::Registry(error.to_string()))?;
        let route = Route::new(watch, self);
        let candidates = Arc::clone(&route.candidates);
        let mut routes = self.routes();
        if routes.len() >= MAX_WATCHES {
            routes.retain(|_, route| !route.watch.borrow().is_empty());
        }
        // When all of them are in use, this one is asked for again next time.
        if routes.len() < MAX_WATCHES {
            routes.insert(interface.into(), route);
        }
        Ok(candidates)
    }

    fn routes(&self) -> MutexGuard<'_, HashMap<Box<str>, Route, QuickHash>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
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
