//! This process's own nodes: what should be there, and making it so.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zookeeper_client::{Acls, Client, CreateMode, CreateOptions, Error};

use super::answer;

/// Open to everybody, as Python's are.
const PARENT: CreateOptions<'static> = CreateMode::Persistent.with_acls(Acls::anyone_all());
const EPHEMERAL: CreateOptions<'static> = CreateMode::Ephemeral.with_acls(Acls::anyone_all());

/// How often a node is tried when others delete and create it meanwhile.
const TRIES: u32 = 3;

/// Paths and their data; `None` for one that should go.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    wanted: Mutex<BTreeMap<String, Option<Vec<u8>>>>,
    /// Held while nodes change, so that an older wish never overtakes a newer one.
    writing: tokio::sync::Mutex<()>,
}

impl Nodes {
    /// From now on `path` should hold `data`, or be gone.
    pub(super) fn want(&self, path: &str, data: Option<Vec<u8>>) {
        self.wanted().insert(path.to_owned(), data);
    }

    /// Makes all nodes what they should be.
    pub(super) async fn settle(&self, client: &Client) -> Result<(), Error> {
        let paths: Vec<_> = self.wanted().keys().cloned().collect();
        for path in paths {
            self.settle_one(client, &path).await?;
        }
        Ok(())
    }

    /// Makes one node what it should be.
    pub(super) async fn settle_one(&self, client: &Client, path: &str) -> Result<(), Error> {
        let _writing = self.writing.lock().await;
        let Some(wanted) = self.wanted().get(path).cloned() else { return Ok(()) };
        match wanted {
            Some(data) => put(client, path, &data).await,
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

    fn wanted(&self) -> MutexGuard<'_, BTreeMap<String, Option<Vec<u8>>>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Creates the node; one that another session left there, or that holds other data, goes first.
/// Readers watch for deletion, as Python's do, so changed data is not written in place.
async fn put(client: &Client, path: &str, data: &[u8]) -> Result<(), Error> {
    for _ in 0..TRIES {
        match answer(client.get_data(path)).await {
            Ok((found, stat)) if found == data && stat.ephemeral_owner == client.session_id().0 => {
                return Ok(());
            }
            Ok((_, stat)) => match answer(client.delete(path, Some(stat.version))).await {
                Ok(()) | Err(Error::NoNode | Error::BadVersion) => {}
                Err(error) => return Err(error),
            },
            Err(Error::NoNode) => {}
            Err(error) => return Err(error),
        }
        match answer(client.create(path, data, &EPHEMERAL)).await {
            Err(Error::NoNode) => {
                let (parent, _) = path.rsplit_once('/').unwrap_or_default();
                answer(client.mkdir(parent, &PARENT)).await?;
            }
            // Looked at once more: it may be ours, from a request whose answer was lost.
            Err(Error::NodeExists) => {}
            created => return created.map(drop),
        }
    }
    Err(Error::NodeExists)
}

/// Deletes the node if this session made it; any other is not ours to take back.
async fn remove(client: &Client, path: &str) -> Result<(), Error> {
    let removed = match answer(client.get_data(path)).await {
        Ok((_, stat)) if stat.ephemeral_owner == client.session_id().0 => {
            answer(client.delete(path, None)).await
        }
        found => found.map(drop),
    };
    if removed == Err(Error::NoNode) { Ok(()) } else { removed }
}
