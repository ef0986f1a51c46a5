//! Ports that nobody else is about to get.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::Mutex;

use anyhow::{Context, Result};

/// Below the ports that Linux hands to outgoing connections, so that a server finds its port
/// free again after a restart.
const PORTS: Range<u16> = 13_000..32_000;

/// What servers of a usual installation listen on; a test must never meet one of those.
const WELL_KNOWN: [u16; 4] = [15_672, 15_692, 25_672, 27_017];

/// Ports this process gave out already.
static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// A loopback port that is free now and is given out once.
///
/// # Errors
///
/// When hundreds of random ports were all taken.
pub fn free_port() -> Result<u16> {
    let mut given = GIVEN.lock().expect("no holder of this lock panics");
    let given = given.get_or_insert_default();
    (0..500)
        .map(|_| random_port())
        .find(|&port| {
            !WELL_KNOWN.contains(&port)
                && !given.contains(&port)
                && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        })
        .inspect(|&port| {
            given.insert(port);
        })
        .context("found no free loopback port")
}

/// Random, because test processes that run side by side know nothing of each other.
fn random_port() -> u16 {
    let width = u64::from(PORTS.end - PORTS.start);
    let offset = RandomState::new().hash_one(std::process::id()) % width;
    PORTS.start + u16::try_from(offset).expect("below the width of a port range")
}
