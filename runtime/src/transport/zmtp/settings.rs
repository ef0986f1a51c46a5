//! What a transport may be told when it is bound.

use std::num::NonZeroUsize;
use std::time::Duration;

use lymph_zmtp::{Options, OutboxLimits};

use super::Answerable;
use crate::config::CurveConfig;
use crate::transport::{MAX_BODY_BYTES, OUTBOX_MESSAGES, TURN_MESSAGES};

/// Bytes that may wait for one peer.
const OUTBOX_BYTES: usize = 32 << 20;

/// What five frames take on the wire beyond their own bytes, at most.
const FRAMING_BYTES: usize = 64;

/// Bytes of one message on the wire.
pub(super) const MESSAGE_BYTES: usize = MAX_BODY_BYTES + FRAMING_BYTES;

/// How a transport treats its peers, and what it runs on; the defaults suit one service on loopback.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Where peers may be answered besides where they ask from.
    pub answerable: Answerable,
    /// With it, all connections are encrypted, and peers without a key that it trusts are refused.
    pub curve: Option<CurveConfig>,
    /// Threads that connections are spread over, with the handlers of what comes over them. Without
    /// a number they run in the runtime that binds the transport.
    pub threads: Option<NonZeroUsize>,
    /// How long a connection waits awake for the next message while that mostly pays.
    pub busy_poll: Duration,
    /// Connections that peers may have made at once. There are fewer if the process may open too few
    /// files for them.
    pub connections: usize,
    /// Of these, connections from one address.
    pub connections_per_address: usize,
    /// Bytes for messages that are being read on connections that peers have made, and as many for
    /// those that wait to be written to them. Beside that each connection has a little of its own,
    /// and connections to others have as much.
    pub memory_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let Options { busy_poll, max_accepted, max_accepted_per_address, memory_bytes, .. } =
            Options::default();
        Self {
            answerable: Answerable::default(),
            curve: None,
            threads: None,
            busy_poll,
            connections: max_accepted,
            connections_per_address: max_accepted_per_address,
            memory_bytes,
        }
    }
}

impl Settings {
    pub(super) fn options(&self) -> Options {
        let limits =
            OutboxLimits { messages: OUTBOX_MESSAGES, bytes: OUTBOX_BYTES, message_bytes: MESSAGE_BYTES };
        Options {
            outbox: limits,
            turn_messages: TURN_MESSAGES,
            busy_poll: self.busy_poll,
            max_accepted: self.connections,
            max_accepted_per_address: self.connections_per_address,
            memory_bytes: self.memory_bytes,
            ..Options::default()
        }
    }
}
