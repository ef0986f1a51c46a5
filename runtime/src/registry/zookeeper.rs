//! Instances as ephemeral nodes in ZooKeeper, where Python lymph has them.
//!
//! One task owns the session: it connects in the background, replaces a session that expired, and
//! puts this process's nodes back. One task per interface follows its instances. What is known
//! stays known while ZooKeeper is away.
//!
//! With credentials, whatever is created belongs to those who have the same: others can neither read
//! nor write it. Without, it is open to everybody, as Python's nodes are.

mod failure;
mod follow;
mod nodes;
mod session;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use zookeeper_client::{Client, Error};

use self::failure::Failure;
use self::follow::Followed;
use self::nodes::Nodes;
use super::{Instance, Instances, Registry, RegistryError, check_name};
use crate::config::ZookeeperAuth;

/// Where Python lymph keeps everything unless its hosts name another place.
const CHROOT: &str = "/lymph";

/// How long one request may take; the client's own calls wait while it is disconnected.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Between two tries of one request.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// How long ending the session may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(3);

/// Interfaces that may be followed at once; names may come from outside, through a gateway.
const MAX_FOLLOWED: usize = 1024;

/// How to reach ZooKeeper.
///
/// ```
/// use lymph::registry::zookeeper::Settings;
/// assert_eq!(Settings::new("a:2181,b:2181").chroot, "/lymph");
/// assert_eq!(Settings::new("a:2181,b:2181/elsewhere").chroot, "/elsewhere");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// `host:port`, comma separated.
    pub hosts: String,
    /// The node under which everything is kept.
    pub chroot: String,
    /// The user that all members of the cluster are; its password crosses the network in the clear.
    pub auth: Option<ZookeeperAuth>,
    /// How long our nodes outlive a process that dies; servers narrow it to what they allow.
    pub session_timeout: Duration,
    /// How long a caller waits before it hears that ZooKeeper is away.
    pub patience: Duration,
}

impl Settings {
    /// For `hosts`, which may end in a chroot in place of `/lymph`.
    #[must_use]
    pub fn new(hosts: &str) -> Self {
        let (hosts, chroot) = hosts.find('/').map_or((hosts, CHROOT), |at| hosts.split_at(at));
        Self {
            hosts: hosts.replace(' ', ""),
            chroot: chroot.into(),
            auth: None,
            session_timeout: Duration::from_secs(10),
            patience: Duration::from_secs(10),
        }
    }
}

/// A registry in ZooKeeper; see the module's documentation.
///
/// Dropping it ends its tasks and lets the session go; [`Registry::close`] also waits for that.
#[derive(Debug)]
pub struct ZooKeeperRegistry {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stop_on_drop: DropGuard,
}

/// The way to ZooKeeper, as it is now.
#[derive(Debug, Clone, Default)]
enum Session {
    /// Not connected yet, or between two sessions.
    #[default]
    Away,
    /// ZooKeeper does not take us; it is asked again all the same.
    Refused,
    Open(Client),
}

/// What the tasks share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    session: watch::Sender<Session>,
    nodes: Nodes,
    followed: Mutex<HashMap<String, Arc<Followed>>>,
}

impl ZooKeeperRegistry {
    /// Returns at once and connects in the background, for as long as it takes.
    ///
    /// # Errors
    ///
    /// When `hosts` is empty or the chroot is no absolute path.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn connect(settings: Settings) -> Result<Self, RegistryError> {
        let chroot = settings.chroot.strip_prefix('/').unwrap_or_default();
        if settings.hosts.is_empty() || chroot.split('/').any(|part| check_name(part).is_err()) {
            let Settings { hosts, chroot, .. } = settings;
            return Err(RegistryError(format!("`{hosts}{chroot}` is not `HOST:PORT,…/CHROOT`")));
        }
        let shared = Arc::new(Shared {
            nodes: Nodes::new(&settings.chroot, settings.auth.is_some()),
            settings,
            session: watch::Sender::default(),
            followed: Mutex::default(),
        });
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(stop.clone().run_until_cancelled_owned(session::supervise(shared.clone())));
        Ok(Self { shared, tasks, _stop_on_drop: stop.clone().drop_guard(), stop })
    }

    /// The interface's follower; the first caller starts it.
    fn follow(&self, interface: &str) -> Result<(Arc<Followed>, Instances), RegistryError> {
        let mut all = self.shared.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(followed) = all.get(interface) {
            return Ok((followed.clone(), followed.subscribe()));
        }
        if all.len() >= MAX_FOLLOWED {
            return Err(RegistryError(format!("{MAX_FOLLOWED} interfaces are watched already")));
        }
        let followed = Arc::new(Followed::new(interface));
        all.insert(interface.to_owned(), followed.clone());
        // The followers outlive a caller's interest by a while, and end with the registry.
        let task = follow::follow(self.shared.clone(), followed.clone());
        self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(task));
        let instances = followed.subscribe();
        Ok((followed, instances))
    }

    /// Makes one node what it should be by now.
    async fn settle(&self, path: &str) -> Result<(), RegistryError> {
        let nodes = &self.shared.nodes;
        self.shared.ask(|client| async move { nodes.settle_one(&client, path).await }).await
    }

    fn check_open(&self) -> Result<(), RegistryError> {
        if self.stop.is_cancelled() {
            return Err(RegistryError("the registry is closed".to_owned()));
        }
        Ok(())
    }
}

impl Shared {
    fn services(&self) -> String {
        format!("{}/services", self.settings.chroot)
    }

    fn path(&self, interface: &str) -> String {
        format!("{}/services/{interface}", self.settings.chroot)
    }

    /// Waits for a session.
    async fn client(&self) -> Result<Client, Failure> {
        let mut session = self.session.subscribe();
        let decided = session.wait_for(|session| !matches!(session, Session::Away)).await;
        match &*decided.expect("`self` holds the sender") {
            Session::Open(client) => Ok(client.clone()),
            Session::Away | Session::Refused => Err(Error::AuthFailed.into()),
        }
    }

    /// Tries `request` until it is answered, refused for good, or nobody waits any more.
    async fn ask<T, F>(&self, request: impl Fn(Client) -> F) -> Result<T, RegistryError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let deadline = Instant::now() + self.settings.patience;
        let mut last = None;
        let tries = async {
            loop {
                match request(self.client().await?).await {
                    Err(failure) if failure.is_passing() => last = Some(failure),
                    settled => break settled,
                }
                sleep(RETRY_AFTER).await;
            }
        };
        let outcome = timeout_at(deadline, tries).await;
        let hosts = &self.settings.hosts;
        match (outcome, last) {
            (Ok(settled), _) => settled.map_err(|failure| failure.explain(&self.settings)),
            (Err(_), Some(failure)) => {
                Err(RegistryError(format!("ZooKeeper at `{hosts}` cannot be used: {failure}")))
            }
            (Err(_), None) => Err(RegistryError(format!("ZooKeeper at `{hosts}` does not answer"))),
        }
    }
}

impl Registry for ZooKeeperRegistry {
    fn register<'a>(
        &'a self,
        interface: &'a str,
        instance: Instance,
    ) -> BoxFuture<'a, Result<(), RegistryError>> {
        let register = async move {
            self.check_open()?;
            check_name(interface)?;
            check_name(&instance.id)?;
            let path = format!("{}/{}", self.shared.path(interface), instance.id);
            let data = serde_json::to_vec(&instance).map_err(|error| RegistryError(error.to_string()))?;
            let nodes = &self.shared.nodes;
            nodes.want(&path, Some(data));
            let registered = self.settle(&path).await;
            if registered.is_err() {
                nodes.want(&path, None);
            }
            registered
        };
        register.boxed()
    }

    fn deregister<'a>(&'a self, interface: &'a str, id: &'a str) -> BoxFuture<'a, Result<(), RegistryError>> {
        let deregister = async move {
            self.check_open()?;
            check_name(interface)?;
            check_name(id)?;
            let path = format!("{}/{id}", self.shared.path(interface));
            // Should ZooKeeper be away, the node goes as soon as it is back.
            self.shared.nodes.want(&path, None);
            self.settle(&path).await
        };
        deregister.boxed()
    }

    fn watch<'a>(&'a self, interface: &'a str) -> BoxFuture<'a, Result<Instances, RegistryError>> {
        let watch = async move {
            self.check_open()?;
            check_name(interface)?;
            let (followed, instances) = self.follow(interface)?;
            let Settings { hosts, patience, .. } = &self.shared.settings;
            let answered = timeout(*patience, followed.answered()).await;
            answered.map_err(|_| RegistryError(format!("ZooKeeper at `{hosts}` does not answer")))??;
            Ok(instances)
        };
        watch.boxed()
    }

    fn interfaces(&self) -> BoxFuture<'_, Result<Vec<String>, RegistryError>> {
        let interfaces = async move {
            self.check_open()?;
            let path = &self.shared.services();
            let listed = self.shared.ask(|client| async move {
                match answer(client.list_children(path)).await {
                    Err(Error::NoNode) => Ok(Vec::new()),
                    listed => listed.map_err(|error| Failure::at(path, error)),
                }
            });
            let mut names = listed.await?;
            names.sort();
            Ok(names)
        };
        interfaces.boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        let close = async move {
            self.stop.cancel();
            self.tasks.close();
            let closed = async {
                self.tasks.wait().await;
                session::end(self.shared.session.send_replace(Session::Away)).await;
            };
            if timeout(CLOSE_WITHIN, closed).await.is_err() {
                tracing::warn!(
                    "ZooKeeper did not answer; what is registered goes when the session times out"
                );
            }
        };
        close.boxed()
    }
}

/// Bounds one request.
async fn answer<T>(request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(ANSWER_WITHIN, request).await.unwrap_or(Err(Error::Timeout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_may_name_the_chroot() {
        let settings = Settings::new("a:2181, b:2182/x/y");
        assert_eq!((&*settings.hosts, &*settings.chroot), ("a:2181,b:2182", "/x/y"));
    }

    #[tokio::test]
    async fn malformed_places_are_refused() {
        for hosts in ["", "/lymph", "a/", "a//b", "a/../b", "a/b/"] {
            let refused = ZooKeeperRegistry::connect(Settings::new(hosts)).expect_err(hosts);
            assert!(refused.to_string().contains("is not `HOST:PORT"), "{refused}");
        }
    }
}
