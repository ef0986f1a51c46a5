//! How a socket treats its peers.

use std::time::Duration;

use crate::OutboxLimits;

/// Times and bounds of a [`Socket`](crate::Socket); the defaults are for services.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long greeting and handshake may take.
    pub handshake: Duration,
    /// A peer that has said nothing for this long is asked for a sign of life.
    pub heartbeat: Duration,
    /// How long it may take to give one. Peers before 3.1 are not asked; they are let go when they
    /// have been silent for [`idle`](Self::idle).
    pub heartbeat_patience: Duration,
    /// How long a connection may be without messages: one that we dialed is closed then, until it is
    /// needed again.
    pub idle: Duration,
    /// How long a message may take from its first byte to its last, however many signs of life come
    /// with it.
    pub message: Duration,
    /// How long a peer may take to close its side once we have closed ours.
    pub linger: Duration,
    /// How long one attempt to connect may take.
    pub connect: Duration,
    /// How long a message may wait for a connection.
    pub reach: Duration,
    /// First and longest pause between attempts to connect; half of each is left to chance.
    pub backoff: (Duration, Duration),
    /// How long a peer out of reach is tried while nothing waits for it.
    pub give_up: Duration,
    /// What may wait for one peer.
    pub outbox: OutboxLimits,
    /// Bytes that messages which are being read may take on all connections that peers have made
    /// together, beyond 16 KiB each; as many may be waiting to be written to them. As much again is
    /// for connections that we make.
    pub memory_bytes: usize,
    /// How long a connection waits awake for the next message before its thread may sleep, as long as
    /// such waits are mostly ended by a message. As long as it takes to sleep and be woken is a good
    /// measure: the processor then works at most twice as long as it must.
    pub busy_poll: Duration,
    /// Messages that one connection hands over before other tasks have their turn.
    pub turn_messages: usize,
    /// Connections that peers may have made to us at once. Where the process may open too few files
    /// for them, its soft limit is raised; if the hard one does not let it, there are fewer.
    pub max_accepted: usize,
    /// Of these, connections from one address; of IPv6, from 2⁶⁴ addresses that begin alike.
    pub max_accepted_per_address: usize,
    /// Peers that we may be connected, or connecting, to at once.
    pub max_dialed: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            heartbeat: Duration::from_secs(15),
            heartbeat_patience: Duration::from_secs(5),
            idle: Duration::from_secs(300),
            message: Duration::from_secs(60),
            linger: Duration::from_secs(1),
            connect: Duration::from_secs(2),
            reach: Duration::from_secs(3),
            backoff: (Duration::from_millis(50), Duration::from_secs(1)),
            give_up: Duration::from_secs(15),
            outbox: OutboxLimits::default(),
            memory_bytes: 256 << 20,
            busy_poll: Duration::from_micros(50),
            turn_messages: 64,
            max_accepted: 16_384,
            max_accepted_per_address: 4096,
            max_dialed: 1024,
        }
    }
}
