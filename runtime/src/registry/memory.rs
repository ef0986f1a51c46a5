//! A registry inside one process, for tests and for services that need no other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::watch;

use super::{Instance, Instances, Registry, RegistryError, check_name};

/// Clones share what is registered, and each is a session of its own: closing or dropping one
/// takes back what was registered through it and nothing else.
///
/// ```
/// use lymph::registry::memory::MemoryRegistry;
/// use lymph::registry::{Instance, Registry};
/// use lymph::{Endpoint, Version};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let server = MemoryRegistry::new();
/// let client = server.clone();
/// let echo = Instance::new("Echo", Some(Version::new(1, 0, 0)), &Endpoint::new("a"));
/// server.register("Echo", echo.clone()).await.unwrap();
/// assert_eq!(**client.watch("Echo").await.unwrap().borrow(), [echo]);
/// # });
/// ```
#[derive(Debug, Default)]
pub struct MemoryRegistry {
    table: Arc<Mutex<Table>>,
    /// What this session registered.
    ours: Mutex<Vec<Registration>>,
}

#[derive(Debug)]
struct Registration {
    interface: String,
    id: String,
    /// Tells it from a later one of the same id by another session.
    ticket: u64,
}

#[derive(Debug, Default)]
struct Table {
    entries: BTreeMap<String, Entry>,
    tickets: u64,
}

#[derive(Debug, Default)]
struct Entry {
    /// A name that was only looked up is no interface yet.
    registered: bool,
    /// Who registered each id last.
    tickets: BTreeMap<String, u64>,
    instances: watch::Sender<Arc<Vec<Instance>>>,
}

impl Entry {
    fn change(&self, edit: impl FnOnce(&mut Vec<Instance>)) {
        self.instances.send_modify(|instances| edit(Arc::make_mut(instances)));
    }

    fn remove(&mut self, id: &str) {
        self.tickets.remove(id);
        self.change(|instances| instances.retain(|instance| instance.id != id));
    }
}

impl MemoryRegistry {
    /// One in which nothing is registered.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ours(&self) -> MutexGuard<'_, Vec<Registration>> {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove_ours(&self) {
        let ours = std::mem::take(&mut *self.ours());
        let mut table = self.table();
        for Registration { interface, id, ticket } in ours {
            if let Some(entry) = table.entries.get_mut(&interface)
                && entry.tickets.get(&id) == Some(&ticket)
            {
                entry.remove(&id);
            }
        }
    }
}

impl Clone for MemoryRegistry {
    fn clone(&self) -> Self {
        Self { table: self.table.clone(), ours: Mutex::default() }
    }
}

impl Drop for MemoryRegistry {
    fn drop(&mut self) {
        self.remove_ours();
    }
}

impl Registry for MemoryRegistry {
    fn register<'a>(
        &'a self,
        interface: &'a str,
        instance: Instance,
    ) -> BoxFuture<'a, Result<(), RegistryError>> {
        if let Err(error) = check_name(interface).and_then(|()| check_name(&instance.id)) {
            return ready(Err(error)).boxed();
        }
        let mut table = self.table();
        table.tickets += 1;
        let ticket = table.tickets;
        let entry = table.entries.entry(interface.to_owned()).or_default();
        entry.registered = true;
        entry.tickets.insert(instance.id.clone(), ticket);
        let (interface, id) = (interface.to_owned(), instance.id.clone());
        self.ours().push(Registration { interface, id, ticket });
        entry.change(|instances| {
            instances.retain(|known| known.id != instance.id);
            instances.push(instance);
            instances.sort_by(|a, b| a.id.cmp(&b.id));
        });
        ready(Ok(())).boxed()
    }

    fn deregister<'a>(&'a self, interface: &'a str, id: &'a str) -> BoxFuture<'a, Result<(), RegistryError>> {
        self.ours().retain(|known| (&*known.interface, &*known.id) != (interface, id));
        if let Some(entry) = self.table().entries.get_mut(interface) {
            entry.remove(id);
        }
        ready(Ok(())).boxed()
    }

    fn watch<'a>(&'a self, interface: &'a str) -> BoxFuture<'a, Result<Instances, RegistryError>> {
        if let Err(error) = check_name(interface) {
            return ready(Err(error)).boxed();
        }
        let receiver = self.table().entries.entry(interface.to_owned()).or_default().instances.subscribe();
        ready(Ok(receiver)).boxed()
    }

    fn interfaces(&self) -> BoxFuture<'_, Result<Vec<String>, RegistryError>> {
        let table = self.table();
        let registered = table.entries.iter().filter(|(_, entry)| entry.registered);
        let names = registered.map(|(name, _)| name.clone()).collect();
        drop(table);
        ready(Ok(names)).boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.remove_ours();
        ready(()).boxed()
    }
}
