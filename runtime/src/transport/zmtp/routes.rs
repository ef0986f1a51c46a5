//! Which connection leads to a peer, seen from each thread.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lymph_zmtp as zmtp;
use lymph_zmtp::curve::PublicKey;

use crate::Endpoint;
use crate::hash::ByEndpoint;

/// Endpoints whose word on connections is kept; more than there are peers.
const MAX_KNOWN: usize = 4096;

/// Peers that we have dialed, so that endpoints are read once.
///
/// Each thread of connections has a table of its own, and all other threads share one: a caller's
/// message goes over a connection of its own thread, if there can be one.
#[derive(Debug)]
pub(super) struct Routes {
    tables: Vec<Mutex<ByEndpoint<Route>>>,
    /// Peers that bear several connections of one process.
    patient: Mutex<HashSet<Endpoint>>,
}

/// A peer, and the key that it must have.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) peer: zmtp::Peer,
    pub(super) key: Option<PublicKey>,
}

impl Routes {
    /// For connections on as many `threads`.
    pub(super) fn new(threads: usize) -> Self {
        let others = 1;
        let tables = (0..threads + others).map(|_| Mutex::default()).collect();
        Self { tables, patient: Mutex::default() }
    }

    /// The table of one thread of connections, or that of all others.
    pub(super) fn table(&self, thread: Option<usize>) -> MutexGuard<'_, ByEndpoint<Route>> {
        let others = self.tables.len() - 1;
        self.tables[thread.unwrap_or(others)].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what the peer at `endpoint` says of itself.
    pub(super) fn learn(&self, endpoint: &Endpoint, is_patient: bool) {
        let mut patient = self.patient.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_patient {
            patient.remove(endpoint);
            return;
        }
        if patient.len() >= MAX_KNOWN {
            // Those forgotten have one connection until they are introduced again.
            patient.clear();
        }
        patient.insert(endpoint.clone());
    }

    /// Whether the peer at `endpoint` bears several connections of one process. libzmq ignores
    /// all but the first.
    pub(super) fn is_patient(&self, endpoint: &Endpoint) -> bool {
        self.patient.lock().unwrap_or_else(PoisonError::into_inner).contains(endpoint)
    }

    pub(super) fn clear(&self) {
        for table in &self.tables {
            table.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}
