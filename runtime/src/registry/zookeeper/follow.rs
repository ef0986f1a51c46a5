//! Follows the instances of one interface, for all who ask in this process.
//!
//! A watch on the list of nodes and one on each node: a new instance costs one list and one read,
//! one that leaves costs a list. Both kinds fire once and are set again, because persistent ones
//! fall silent when the client reconnects.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::watch;
use tokio::time::sleep;
use zookeeper_client::{Client, Error, EventType, OneshotWatcher, WatchedEvent};

use super::session::{VERIFY_EVERY, jitter};
use super::{Instance, Instances, Shared, answer};

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
    /// Whether ZooKeeper has answered yet.
    answered: watch::Sender<bool>,
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
    pub(super) async fn answered(&self) {
        let mut answered = self.answered.subscribe();
        answered.wait_for(|answered| *answered).await.expect("`self` holds the sender");
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
        self.answered.send_replace(true);
    }
}

/// Follows through all sessions until nobody is interested any more.
pub(super) async fn follow(shared: Arc<Shared>, followed: Arc<Followed>) {
    loop {
        let client = shared.client().await;
        let follower = Follower {
            shared: &shared,
            followed: &followed,
            path: shared.path(&followed.interface),
            client,
            seen: HashMap::new(),
            watches: FuturesUnordered::new(),
        };
        // The client's watches panic when its session task dies without a last word.
        match AssertUnwindSafe(follower.run()).catch_unwind().await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                tracing::debug!(interface = %followed.interface, %error, "cannot follow instances");
            }
            Err(_) => tracing::error!(interface = %followed.interface, "following instances panicked"),
        }
        sleep(jitter(RETRY_AFTER)).await;
    }
}

/// Follows within one session.
struct Follower<'a> {
    shared: &'a Shared,
    followed: &'a Followed,
    path: String,
    client: Client,
    /// By id; `None` for a node that cannot be read as an instance.
    seen: HashMap<String, Option<Instance>>,
    /// One for each node that was read.
    watches: FuturesUnordered<BoxFuture<'static, (String, WatchedEvent)>>,
}

impl Follower<'_> {
    /// Ends well when nobody is interested any more; on errors what was published stays.
    async fn run(mut self) -> Result<(), Error> {
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
                Err(error) => return Err(error),
            };
            self.followed.publish(self.seen.values().flatten());
            if !self.wait(changed).await? {
                return Ok(());
            }
            sleep(GATHER_WITHIN.mul_f64(rand::random_range(0.0..1.0))).await;
        }
    }

    /// Reads what is new in `ids` and forgets what is not in it.
    async fn read(&mut self, ids: Vec<String>) -> Result<(), Error> {
        // Watches that fired before the list was made: those nodes are not what was read.
        while let Some(Some((id, event))) = self.watches.next().now_or_never() {
            check_alive(&event)?;
            self.seen.remove(&id);
        }
        self.seen.retain(|id, _| ids.contains(id));
        let new: Vec<_> = ids.into_iter().filter(|id| !self.seen.contains_key(id)).collect();
        let reads = new.into_iter().map(|id| read_one(self.client.clone(), &self.path, id));
        let mut reads = stream::iter(reads).buffer_unordered(READS_AT_ONCE);
        while let Some(read) = reads.next().await {
            let Some((id, instance, watch)) = read? else { continue };
            if let Some(watch) = watch {
                let id = id.clone();
                self.watches.push(async move { (id, watch.changed().await) }.boxed());
            }
            self.seen.insert(id, instance);
        }
        Ok(())
    }

    /// Returns `true` when the list has to be read again, and `false` when nobody is interested.
    async fn wait(&mut self, changed: OneshotWatcher) -> Result<bool, Error> {
        let mut changed = changed.changed().boxed();
        loop {
            tokio::select! {
                event = &mut changed => return check_alive(&event).map(|()| true),
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
                        Err(error) => return Err(error),
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

/// One node; `None` when it vanished between list and read.
async fn read_one(
    client: Client,
    path: &str,
    id: String,
) -> Result<Option<(String, Option<Instance>, Option<OneshotWatcher>)>, Error> {
    let path = format!("{path}/{id}");
    match answer(client.get_and_watch_data(&path)).await {
        Ok((data, _, watch)) => {
            let instance = serde_json::from_slice(&data);
            let instance =
                instance.inspect_err(|error| tracing::warn!(%path, %error, "skipping what is no instance"));
            Ok(Some((id, instance.ok(), Some(watch))))
        }
        Err(Error::NoNode) => Ok(None),
        Err(error @ Error::NoAuth) => {
            tracing::warn!(%path, %error, "skipping an instance that may not be read");
            Ok(Some((id, None, None)))
        }
        Err(error) => Err(error),
    }
}

/// A watch also fires when the session is over.
fn check_alive(event: &WatchedEvent) -> Result<(), Error> {
    if event.event_type == EventType::Session { Err(Error::SessionExpired) } else { Ok(()) }
}
