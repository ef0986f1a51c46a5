//! Why connections end, in words.

use std::{fmt, io};

use crate::ProtocolError;

/// Why a connection ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The peer closed it, or it broke.
    Lost(Option<io::Error>),
    /// The peer broke the protocol.
    Protocol(ProtocolError),
    /// It was not welcome.
    Refused(String),
    /// The handshake took too long.
    Handshake,
    /// The peer closed it, or it broke, before the handshake was over.
    Cut {
        /// Whether the peer had yet to prove that it has the key we expect.
        is_unproven: bool,
    },
    /// The peer gave no sign of life.
    Silent,
    /// It began a message and did not end it in time.
    Unfinished,
    /// It made no use of memory that others needed.
    Hoarding,
    /// No messages for a while; all is written and the peer knows.
    Idle,
    /// It was to be closed; all is written and the peer knows.
    Closed,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(None) => f.write_str("the peer closed the connection"),
            Self::Lost(Some(error)) => write!(f, "the connection broke: {error}"),
            Self::Protocol(error) => error.fmt(f),
            Self::Refused(reason) => write!(f, "refused: {reason}"),
            Self::Handshake => f.write_str("the handshake took too long"),
            Self::Cut { is_unproven: false } => f.write_str("the peer closed the connection in the handshake"),
            // A server that cannot open what was meant for another key closes without a word.
            Self::Cut { is_unproven: true } => f.write_str(
                "the peer closed the connection in the handshake; most likely its key is not the one expected",
            ),
            Self::Silent => f.write_str("the peer gives no sign of life"),
            Self::Unfinished => f.write_str("the peer took too long to end a message"),
            Self::Hoarding => f.write_str("the peer is too slow while others wait for memory"),
            Self::Idle => f.write_str("it was idle"),
            Self::Closed => f.write_str("it was closed"),
        }
    }
}
