//! Follows the instances of one interface, for all who ask in this process.
//!
//! A watch on the list of nodes and one on each node: a new instance costs one list and one read,
//! one that leaves costs a list. Both kinds fire once and are set again, because persistent ones
//! fall silent when the client reconnects.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::watch;
use tokio::time::sleep;
use zookeeper_client::{Client, Error, EventType, OneshotWatcher, WatchedEvent};

use super::failure::Failure;
use super::session::{VERIFY_EVERY, jitter};
use super::{Instance, Instances, RegistryError, Shared, answer};

/// Nodes read at once.
const READS_AT_ONCE: usize = 16;

/// Changes wait up to this long before they are read: many watchers learn of one at once, and
/// many changes come together.
const GATHER_WITHIN: Duration = Duration::from_millis(50);

/// Before a failed follower starts again, give or take.
const RETRY_AFTER: Duration = Duration::from_millis(300);

/// What is known about one interface.
#[derive(Debug)]
pub(super) struct Followed {
    interface: String,
    instances: watch::Sender<Arc<Vec<Instance>>>,
    /// `None` until ZooKeeper has answered; an error when it will not.
    answered: watch::Sender<Option<Result<(), RegistryError>>>,
}

impl Followed {
    pub(super) fn new(interface: &str) -> Self {
        Self {
            interface: interface.into(),
            instances: watch::Sender::default(),
            answered: watch::Sender::default(),
        }
    }

    pub(super) fn subscribe(&self) -> Instances {
        self.instances.subscribe()
    }

    /// Returns once the first answer is known.
    pub(super) async fn answered(&self) -> Result<(), RegistryError> {
        let mut answered = self.answered.subscribe();
        let first = answered.wait_for(Option::is_some).await.expect("`self` holds the sender");
        first.clone().expect("waited for one")
    }

    /// Tells those who wait for the first answer that there will be none; `false` when there was one.
    fn refuse(&self, shared: &Shared, error: &RegistryError) -> bool {
        let mut all = shared.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = !self.has_answer();
        if is_first {
            all.remove(&self.interface);
            self.answered.send_replace(Some(Err(error.clone())));
        }
        is_first
    }

    fn has_answer(&self) -> bool {
        self.answered.borrow().is_some()
    }

    fn publish<'a>(&self, instances: impl Iterator<Item = &'a Instance>) {
        let mut instances: Vec<_> = instances.cloned().collect();
        instances.sort_by(|a, b| a.id.cmp(&b.id));
        self.instances.send_if_modified(|known| {
            let changed = **known != instances;
            if changed {
                tracing::debug!(interface = %self.interface, instances = instances.len(), "instances changed");
                *known = Arc::new(instances);
            }
            changed
        });
        self.answered.send_replace(Some(Ok(())));
    }
}

/// Follows through all sessions until nobody is interested any more.
///
/// What ZooKeeper refuses from the start is not asked for again until somebody wants to know.
pub(super) async fn follow(shared: Arc<Shared>, followed: Arc<Followed>) {
    let interface = &*followed.interface;
    loop {
        let mut pause = RETRY_AFTER;
        // The client's watches panic when its session task dies without a last word.
        match AssertUnwindSafe(follow_session(&shared, &followed)).catch_unwind().await {
            Ok(Ok(())) => return,
            Ok(Err(failure)) if failure.is_refusal() => {
                let error = failure.explain(&shared.settings);
                if followed.refuse(&shared, &error) {
                    return;
                }
                tracing::warn!(interface, %error, "cannot follow instances any more");
                pause = VERIFY_EVERY;
            }
            Ok(Err(error)) => tracing::debug!(interface, %error, "cannot follow instances"),
            Err(_) => tracing::error!(interface, "following instances panicked"),
        }
        sleep(jitter(pause)).await;
    }
}

async fn follow_session(shared: &Shared, followed: &Followed) -> Result<(), Failure> {
    let follower = Follower {
        shared,
        followed,
        path: shared.path(&followed.interface),
        client: shared.client().await?,
        seen: HashMap::new(),
        refused: BTreeSet::new(),
        watches: FuturesUnordered::new(),
    };
    follower.run().await
}

/// Follows within one session.
struct Follower<'a> {
    shared: &'a Shared,
    followed: &'a Followed,
    path: String,
    client: Client,
    /// By id; `None` for a node that cannot be read as an instance.
    seen: HashMap<String, Option<Instance>>,
    /// Those among them that may not be read. Nothing tells of their end, as ZooKeeper keeps that from
    /// us as well, so they are tried again with each change of the list.
    refused: BTreeSet<String>,
    /// One for each node that was read.
    watches: FuturesUnordered<BoxFuture<'static, (String, WatchedEvent)>>,
}

impl Follower<'_> {
    /// Ends well when nobody is interested any more; on errors what was published stays.
    async fn run(mut self) -> Result<(), Failure> {
        loop {
            let changed = match answer(self.client.list_and_watch_children(&self.path)).await {
                Ok((ids, watch)) => {
                    self.read(ids).await?;
                    watch
                }
                Err(Error::NoNode) => match answer(self.client.check_and_watch_stat(&self.path)).await? {
                    (None, watch) => {
                        self.seen.clear();
                        watch
                    }
                    (Some(_), _) => continue,
                },
                Err(error) => return Err(Failure::at(&self.path, error)),
            };
            self.followed.publish(self.seen.values().flatten());
            if !self.wait(changed).await? {
                return Ok(());
            }
            sleep(GATHER_WITHIN.mul_f64(rand::random_range(0.0..1.0))).await;
        }
    }

    /// Reads what is new in `ids` and forgets what is not in it.
    async fn read(&mut self, ids: Vec<String>) -> Result<(), Failure> {
        // Watches that fired before the list was made: those nodes are not what was read.
        while let Some(Some((id, event))) = self.watches.next().now_or_never() {
            check_alive(&event)?;
            self.seen.remove(&id);
        }
        let refused = std::mem::take(&mut self.refused);
        self.seen.retain(|id, _| ids.contains(id) && !refused.contains(id));
        let new: Vec<_> = ids.into_iter().filter(|id| !self.seen.contains_key(id)).collect();
        let reads = new.into_iter().map(|id| read_one(self.client.clone(), &self.path, id));
        let mut reads = stream::iter(reads).buffer_unordered(READS_AT_ONCE);
        while let Some(read) = reads.next().await {
            let (id, instance) = match read? {
                Read::Gone => continue,
                Read::Refused(id) => {
                    if !refused.contains(&id) {
                        tracing::warn!(path = %self.path, %id, "skipping an instance that may not be read");
                    }
                    self.refused.insert(id.clone());
                    (id, None)
                }
                Read::Found(id, instance, watch) => {
                    let watched = id.clone();
                    self.watches.push(async move { (watched, watch.changed().await) }.boxed());
                    (id, instance)
                }
            };
            self.seen.insert(id, instance);
        }
        // One that may not be read is somebody else's; when all are from the start, we are the stranger.
        match self.refused.first() {
            Some(id) if self.refused.len() == self.seen.len() && !self.followed.has_answer() => {
                Err(Failure::at(&format!("{}/{id}", self.path), Error::NoAuth))
            }
            _ => Ok(()),
        }
    }

    /// Returns `true` when the list has to be read again, and `false` when nobody is interested.
    async fn wait(&mut self, changed: OneshotWatcher) -> Result<bool, Failure> {
        let mut changed = changed.changed().boxed();
        loop {
            tokio::select! {
                event = &mut changed => {
                    check_alive(&event)?;
                    return Ok(true);
                }
                Some((id, event)) = self.watches.next() => {
                    check_alive(&event)?;
                    self.seen.remove(&id);
                    // A deletion changes the list too; whether it was replaced shows there.
                    if event.event_type == EventType::NodeDataChanged {
                        let ids = self.seen.keys().cloned().chain([id]).collect();
                        self.read(ids).await?;
                        self.followed.publish(self.seen.values().flatten());
                    }
                }
                () = sleep(jitter(VERIFY_EVERY)) => {
                    if self.is_abandoned() {
                        return Ok(false);
                    }
                    match answer(self.client.list_children(&self.path)).await {
                        Ok(ids) if self.is_seen(&ids) => {}
                        Err(Error::NoNode) if self.seen.is_empty() => {}
                        Ok(_) | Err(Error::NoNode) => return Ok(true),
                        Err(error) => return Err(Failure::at(&self.path, error)),
                    }
                }
            }
        }
    }

    fn is_seen(&self, ids: &[String]) -> bool {
        ids.len() == self.seen.len() && ids.iter().all(|id| self.seen.contains_key(id))
    }

    /// Takes the interface off the list when all who asked for it have gone.
    fn is_abandoned(&self) -> bool {
        let mut all = self.shared.followed.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever subscribes does so under the same lock.
        let abandoned = self.followed.instances.receiver_count() == 0;
        if abandoned {
            all.remove(&self.followed.interface);
        }
        abandoned
    }
}

/// What became of reading one node, by its id.
enum Read {
    /// `None` for what is no instance.
    Found(String, Option<Instance>, OneshotWatcher),
    Refused(String),
    /// It vanished between list and read.
    Gone,
}

async fn read_one(client: Client, path: &str, id: String) -> Result<Read, Error> {
    let path = format!("{path}/{id}");
    match answer(client.get_and_watch_data(&path)).await {
        Ok((data, _, watch)) => {
            let instance = serde_json::from_slice(&data);
            let instance =
                instance.inspect_err(|error| tracing::warn!(%path, %error, "skipping what is no instance"));
            Ok(Read::Found(id, instance.ok(), watch))
        }
        Err(Error::NoNode) => Ok(Read::Gone),
        Err(Error::NoAuth) => Ok(Read::Refused(id)),
        Err(error) => Err(error),
    }
}

/// A watch also fires when the session is over.
fn check_alive(event: &WatchedEvent) -> Result<(), Error> {
    if event.event_type == EventType::Session { Err(Error::SessionExpired) } else { Ok(()) }
}
