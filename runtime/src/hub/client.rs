//! Registry and bus of a process that uses a hub.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::HubError;
use super::link::{Consuming, Failure, Link, Ticket};
use super::protocol::{Answer, Request};
use crate::error::EmitError;
use crate::events::queueing::Declaration;
use crate::events::session::Session;
use crate::events::{Consumer, Delivered, Emitted, EventBus, Outgoing, Subscribed, Subscription};
use crate::registry::{Instance, Instances, Registry, RegistryError};

/// How long a hub may take to be there, and to answer what has no timeout of its own.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long stopping waits for handlers; whoever stops has less patience than that.
const STOP_WITHIN: Duration = Duration::from_secs(3600);

/// One connection to a hub for everything a process wants of it. It comes back by itself, and what
/// was registered, watched and subscribed comes back with it.
#[derive(Debug, Clone)]
pub struct HubClient(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    link: Arc<Link>,
    keeper: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl HubClient {
    /// Connects to the hub at `address`.
    ///
    /// # Errors
    ///
    /// [`HubError`] when it is not there within ten seconds.
    pub async fn connect(address: SocketAddr) -> Result<Self, HubError> {
        let link = Arc::new(Link::new(address));
        let kept = Arc::clone(&link);
        let keeper = tokio::spawn(async move { kept.keep().await }).abort_handle();
        let client = Self(Arc::new(Connection { link, keeper }));
        let mut connections = client.0.link.connections.subscribe();
        let connected = tokio::time::timeout(ANSWER_WITHIN, connections.wait_for(|count| *count > 0)).await;
        connected
            .map_err(|_| {
                HubError(format!(
                    "no hub answers at {address}: start one with `lymph node --address {address}`"
                ))
            })?
            .map_err(|_| HubError("the connection was given up".to_owned()))?;
        Ok(client)
    }

    /// Its registry. What is registered through one is taken back when that one is closed.
    #[must_use]
    pub fn registry(&self) -> HubRegistry {
        HubRegistry { client: self.clone(), ours: Mutex::default() }
    }

    /// Its event bus.
    #[must_use]
    pub fn bus(&self) -> HubBus {
        HubBus { client: self.clone(), session: Session::default() }
    }

    fn link(&self) -> &Arc<Link> {
        &self.0.link
    }
}

impl From<Failure> for RegistryError {
    fn from(failure: Failure) -> Self {
        Self(match failure {
            Failure::Full => "too many requests wait for the hub".to_owned(),
            Failure::Unreachable | Failure::TimedOut => "the hub does not answer".to_owned(),
            Failure::Refused(reason) => reason,
        })
    }
}

impl From<Failure> for EmitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full => Self::QueueFull,
            Failure::Unreachable => Self::Unreachable,
            Failure::TimedOut => Self::TimedOut,
            Failure::Refused(reason) => Self::Refused(reason),
        }
    }
}

/// The registry that a hub hosts. Instances last as long as the connection: a process that dies
/// is forgotten at once.
#[derive(Debug)]
pub struct HubRegistry {
    client: HubClient,
    /// Interface and id of what was registered through this one.
    ours: Mutex<Vec<(String, String)>>,
}

impl HubRegistry {
    /// As [`HubClient::connect`], for processes that want nothing else of the hub.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn connect(address: SocketAddr) -> Result<Self, HubError> {
        Ok(HubClient::connect(address).await?.registry())
    }

    fn ours(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn register_instance(&self, interface: &str, instance: Instance) -> Result<(), RegistryError> {
        let key = (interface.to_owned(), instance.id.clone());
        let text = serde_json::to_string(&instance).map_err(|error| RegistryError(error.to_string()))?;
        let link = self.client.link();
        // Before the hub is asked, so that a connection that breaks meanwhile changes nothing.
        link.state().registered.insert(key.clone(), instance);
        let request = Request::Register { interface: interface.to_owned(), instance: text };
        match link.request(request, ANSWER_WITHIN).await {
            Ok(_) => self.ours().push(key),
            Err(failure) => {
                link.state().registered.remove(&key);
                return Err(failure.into());
            }
        }
        Ok(())
    }

    async fn deregister_instance(&self, interface: &str, id: &str) -> Result<(), RegistryError> {
        let key = (interface.to_owned(), id.to_owned());
        self.ours().retain(|known| *known != key);
        let link = self.client.link();
        link.state().registered.remove(&key);
        let (interface, id) = key;
        match link.request(Request::Deregister { interface, id }, ANSWER_WITHIN).await {
            // A hub out of reach has forgotten it already.
            Ok(_) | Err(Failure::Unreachable) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn watch_instances(&self, interface: &str) -> Result<Instances, RegistryError> {
        let link = self.client.link();
        let subscribe = || {
            let mut state = link.state();
            let watched = state.watches.entry(interface.to_owned()).or_default();
            (watched.told, watched.instances.subscribe())
        };
        if let (true, instances) = subscribe() {
            return Ok(instances);
        }
        let request = Request::Watch { interface: interface.to_owned() };
        if let Err(failure) = link.request(request, ANSWER_WITHIN).await {
            let mut state = link.state();
            if state.watches.get(interface).is_some_and(|watched| !watched.told) {
                state.watches.remove(interface);
            }
            return Err(failure.into());
        }
        Ok(subscribe().1)
    }

    async fn close_session(&self) {
        let ours = std::mem::take(&mut *self.ours());
        join_all(ours.iter().map(|(interface, id)| self.deregister_instance(interface, id))).await;
    }
}

impl Registry for HubRegistry {
    fn register<'a>(
        &'a self,
        interface: &'a str,
        instance: Instance,
    ) -> BoxFuture<'a, Result<(), RegistryError>> {
        self.register_instance(interface, instance).boxed()
    }

    fn deregister<'a>(&'a self, interface: &'a str, id: &'a str) -> BoxFuture<'a, Result<(), RegistryError>> {
        self.deregister_instance(interface, id).boxed()
    }

    fn watch<'a>(&'a self, interface: &'a str) -> BoxFuture<'a, Result<Instances, RegistryError>> {
        self.watch_instances(interface).boxed()
    }

    fn interfaces(&self) -> BoxFuture<'_, Result<Vec<String>, RegistryError>> {
        async {
            match self.client.link().request(Request::Interfaces {}, ANSWER_WITHIN).await? {
                Answer::Names { names } => Ok(names),
                _ => Err(RegistryError("the hub answered something else".to_owned())),
            }
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.close_session().boxed()
    }
}

/// The event bus that a hub hosts. Its queues last as long as the hub, whoever consumes them;
/// events that a consumer has not settled when its process dies go to another one.
#[derive(Debug)]
pub struct HubBus {
    client: HubClient,
    session: Session,
}

impl HubBus {
    /// As [`HubClient::connect`], for processes that want nothing else of the hub.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn connect(address: SocketAddr) -> Result<Self, HubError> {
        Ok(HubClient::connect(address).await?.bus())
    }

    async fn publish(&self, event: Outgoing, timeout: Duration) -> Result<Emitted, EmitError> {
        match self.client.link().request(Request::Publish { event }, timeout).await? {
            Answer::Emitted { subscribed } => Ok(Emitted { subscribed }),
            _ => Err(EmitError::Refused("the hub answered something else".to_owned())),
        }
    }

    async fn consume(
        &self,
        subscription: &Subscription,
        consumer: Consumer,
    ) -> Result<Box<dyn Subscribed>, EmitError> {
        self.session.ensure_open()?;
        let (link, concurrency) = (self.client.link(), subscription.concurrency);
        let consuming = Attached::new(link, Declaration::from(subscription), concurrency);
        let declaration = Declaration::from(subscription);
        let request = Request::Subscribe { consumer: consuming.number, declaration, concurrency };
        link.request(request, ANSWER_WITHIN).await?;
        self.session.run(|stop| serve(consuming, concurrency, consumer, stop))
    }
}

impl EventBus for HubBus {
    fn emit(&self, event: Outgoing, timeout: Duration) -> BoxFuture<'_, Result<Emitted, EmitError>> {
        self.session.emit(self.publish(event, timeout)).boxed()
    }

    fn subscribe(
        &self,
        subscription: Subscription,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Box<dyn Subscribed>, EmitError>> {
        async move { self.consume(&subscription, consumer).await }.boxed()
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        self.session.close(patience).boxed()
    }
}

/// A consumer that the hub knows of; detached when dropped.
struct Attached {
    link: Arc<Link>,
    number: u64,
    came: Arc<Notify>,
}

impl Attached {
    fn new(link: &Arc<Link>, declaration: Declaration, concurrency: u16) -> Self {
        let (number, came) = (link.next_number(), Arc::new(Notify::new()));
        let consuming =
            Consuming { declaration, concurrency, deliveries: VecDeque::new(), came: came.clone() };
        link.state().consumers.insert(number, consuming);
        Self { link: Arc::clone(link), number, came }
    }

    /// The next delivery; cancel-safe.
    async fn next(&self) -> (Ticket, Delivered) {
        loop {
            let next = self.link.state().consumers.get_mut(&self.number).and_then(Consuming::next);
            match next {
                Some(next) => return next,
                None => self.came.notified().await,
            }
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.link.detach(self.number);
    }
}

/// Handles deliveries until told to stop and the hub says that all are settled.
async fn serve(consuming: Attached, concurrency: u16, consumer: Consumer, stop: CancellationToken) {
    let mut under_way = JoinSet::new();
    let mut stopped = std::pin::pin!(async {
        stop.cancelled().await;
        let request = Request::Stop { consumer: consuming.number };
        consuming.link.request(request, STOP_WITHIN).await
    });
    loop {
        tokio::select! {
            // First of all, so that the hub knows before it gets anything back.
            biased;
            _ = &mut stopped => break,
            Some(_) = under_way.join_next() => {}
            (ticket, delivered) = consuming.next(),
                if stop.is_cancelled() || under_way.len() < usize::from(concurrency.max(1)) =>
            {
                let link = Arc::clone(&consuming.link);
                if stop.is_cancelled() {
                    link.settle(ticket, None);
                } else {
                    let handling = consumer(delivered);
                    under_way.spawn(async move { link.settle(ticket, Some(handling.await)) });
                }
            }
        }
    }
    while under_way.join_next().await.is_some() {}
}
