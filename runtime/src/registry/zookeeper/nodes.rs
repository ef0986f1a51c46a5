//! This process's own nodes: what should be there, and making it so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zookeeper_client::{Acls, Client, CreateMode, Error};

use super::answer;
use super::failure::Failure;

/// How often a node is tried when others delete and create it meanwhile.
const TRIES: u32 = 3;

/// Paths and their data; `None` for one that should go.
#[derive(Debug)]
pub(super) struct Nodes {
    wanted: Mutex<BTreeMap<String, Option<Vec<u8>>>>,
    /// Held while nodes change, so that an older wish never overtakes a newer one.
    writing: tokio::sync::Mutex<()>,
    chroot: String,
    /// Who may use what is created here: everybody, as with Python's, or whoever has our credentials.
    acls: Acls<'static>,
    /// Nodes above ours that were looked at: whether they are as closed as ours.
    inspected: Mutex<BTreeSet<String>>,
}

impl Nodes {
    pub(super) fn new(chroot: &str, is_closed: bool) -> Self {
        Self {
            wanted: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            chroot: chroot.to_owned(),
            acls: if is_closed { Acls::creator_all() } else { Acls::anyone_all() },
            inspected: Mutex::default(),
        }
    }

    /// From now on `path` should hold `data`, or be gone.
    pub(super) fn want(&self, path: &str, data: Option<Vec<u8>>) {
        self.wanted().insert(path.to_owned(), data);
    }

    /// Makes all nodes what they should be. One that we have no right to keeps none of the others
    /// waiting.
    pub(super) async fn settle(&self, client: &Client) -> Result<(), Failure> {
        let paths: Vec<_> = self.wanted().keys().cloned().collect();
        let mut refused = Ok(());
        for path in paths {
            match self.settle_one(client, &path).await {
                Err(failure) if failure.is_refusal() => refused = Err(failure),
                settled => settled?,
            }
        }
        refused
    }

    /// Makes one node what it should be.
    pub(super) async fn settle_one(&self, client: &Client, path: &str) -> Result<(), Failure> {
        let _writing = self.writing.lock().await;
        let Some(wanted) = self.wanted().get(path).cloned() else { return Ok(()) };
        match wanted {
            Some(data) => self.put(client, path, &data).await,
            None => {
                remove(client, path).await?;
                let mut wanted = self.wanted();
                if wanted.get(path) == Some(&None) {
                    wanted.remove(path);
                }
                Ok(())
            }
        }
    }

    /// Creates the node; one that another session left there, or that holds other data, goes first.
    /// Readers watch for deletion, as Python's do, so changed data is not written in place.
    async fn put(&self, client: &Client, path: &str, data: &[u8]) -> Result<(), Failure> {
        let options = CreateMode::Ephemeral.with_acls(self.acls);
        for _ in 0..TRIES {
            let left = match answer(client.get_data(path)).await {
                Ok((found, stat)) if found == data && stat.ephemeral_owner == client.session_id().0 => {
                    return Ok(());
                }
                Ok((_, stat)) => Some(Some(stat.version)),
                // Who may not read it may still take it away: that is a right to its parent.
                Err(Error::NoAuth) => Some(None),
                Err(Error::NoNode) => None,
                Err(error) => return Err(error.into()),
            };
            if let Some(version) = left {
                match answer(client.delete(path, version)).await {
                    Ok(()) | Err(Error::NoNode | Error::BadVersion) => {}
                    Err(error) => return Err(Failure::at(parent(path), error)),
                }
            }
            match answer(client.create(path, data, &options)).await {
                Err(Error::NoNode) => self.make(client, parent(path)).await?,
                // Looked at once more: it may be ours, from a request whose answer was lost.
                Err(Error::NodeExists) => {}
                Err(error) => return Err(Failure::at(parent(path), error)),
                Ok(_) => {
                    self.inspect(client, parent(path)).await;
                    return Ok(());
                }
            }
        }
        Err(Failure::at(path, Error::NodeExists))
    }

    /// Creates `path`, and what is missing above it.
    async fn make(&self, client: &Client, path: &str) -> Result<(), Failure> {
        let options = CreateMode::Persistent.with_acls(self.acls);
        let mut missing = vec![path];
        while let Some(path) = missing.last() {
            match answer(client.create(path, b"", &options)).await {
                Ok(_) | Err(Error::NodeExists) => drop(missing.pop()),
                Err(Error::NoNode) if parent(path) != "/" => missing.push(parent(path)),
                Err(error) => return Err(Failure::at(parent(path), error)),
            }
        }
        Ok(())
    }

    /// With credentials, tells once of each node from the chroot to `path` that others may use: it
    /// was there before, and stays as it was made.
    async fn inspect(&self, client: &Client, path: &str) {
        let mut path = path;
        while self.acls == Acls::creator_all() && path.starts_with(&*self.chroot) {
            if !self.inspected.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned()) {
                return;
            }
            // An ACL that may not be read is nobody's fault here.
            if let Ok((acls, _)) = answer(client.get_acl(path)).await
                && let Some(open) = acls.iter().find(|acl| acl.scheme() == "world")
            {
                let (rights, chroot) = (open.permission(), &self.chroot);
                tracing::warn!(
                    %path, %rights,
                    "this node is open to everybody: close it in zkCli, with `addauth digest USER:PASSWORD` \
                     and `setAcl -R {chroot} auth::cdrwa`",
                );
            }
            path = parent(path);
        }
    }

    fn wanted(&self) -> MutexGuard<'_, BTreeMap<String, Option<Vec<u8>>>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The node above, whose ACL says who may create and delete this one.
fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((parent, _)) if !parent.is_empty() => parent,
        _ => "/",
    }
}

/// Deletes the node if this session made it; any other is not ours to take back.
async fn remove(client: &Client, path: &str) -> Result<(), Failure> {
    let removed = match answer(client.get_data(path)).await {
        Ok((_, stat)) if stat.ephemeral_owner == client.session_id().0 => {
            answer(client.delete(path, None)).await.map_err(|error| Failure::at(parent(path), error))
        }
        Ok(_) | Err(Error::NoAuth | Error::NoNode) => Ok(()),
        Err(error) => Err(error.into()),
    };
    match removed {
        Err(Failure { error: Error::NoNode, .. }) => Ok(()),
        removed => removed,
    }
}
