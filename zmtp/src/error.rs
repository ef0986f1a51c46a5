//! What peers do wrong.

use crate::curve::{CurveError, PublicKey};
use crate::{Mechanism, SocketType};

/// Why a peer's bytes are not the protocol, or not for us. The connection ends with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The first bytes are no greeting.
    #[error("the peer does not speak ZMTP")]
    NotZmtp,
    /// A version from before 3.0.
    #[error("the peer speaks ZMTP {0}.x; 3.0 is the oldest that is understood")]
    OldVersion(u8),
    /// Its security mechanism is not ours.
    #[error("the peer's mechanism is `{theirs}`, ours is `{ours}`")]
    Mechanism {
        /// As it names itself.
        theirs: String,
        /// As configured.
        ours: Mechanism,
    },
    /// Bits of a frame's flags that have no meaning.
    #[error("a frame has the flags {0:#04x}")]
    Flags(u8),
    /// A frame is longer than [`Limits::frame_bytes`](crate::Limits::frame_bytes).
    #[error("a frame of {bytes} bytes; the limit is {limit}")]
    FrameTooLarge {
        /// As announced.
        bytes: u64,
        /// As configured.
        limit: usize,
    },
    /// A message is longer than [`Limits::message_bytes`](crate::Limits::message_bytes).
    #[error("a message of more than {0} bytes")]
    MessageTooLarge(usize),
    /// A message has more than [`Limits::frames`](crate::Limits::frames).
    #[error("a message of more than {0} frames")]
    TooManyFrames(usize),
    /// A command is longer than [`Limits::command_bytes`](crate::Limits::command_bytes).
    #[error("a command of {bytes} bytes; the limit is {limit}")]
    CommandTooLarge {
        /// As announced.
        bytes: u64,
        /// As configured.
        limit: usize,
    },
    /// Metadata has more than [`Limits::properties`](crate::Limits::properties).
    #[error("metadata of more than {0} properties")]
    TooManyProperties(usize),
    /// A command is not laid out as its name demands.
    #[error("the command `{0}` is malformed")]
    MalformedCommand(&'static str),
    /// A command, or a message, where the handshake has no place for it.
    #[error("`{0}` is out of place in the handshake")]
    OutOfPlace(String),
    /// The metadata lacks `Socket-Type`, or it is none of ZeroMQ's.
    #[error("the peer's socket type `{0}` is unknown")]
    UnknownSocketType(String),
    /// The two socket types do not talk with each other.
    #[error("the peer's socket is a {theirs}, which cannot talk with a {ours}")]
    IncompatibleSockets {
        /// As it says.
        theirs: SocketType,
        /// As configured.
        ours: SocketType,
    },
    /// An identity has more than 255 bytes, or begins with zero, which peers make up themselves.
    #[error("the peer's identity is longer than 255 bytes or begins with zero")]
    Identity,
    /// The peer ended the handshake, for this reason.
    #[error("the peer refuses: {0}")]
    Refused(String),
    /// The handshake or the messages of CURVE are not what they must be.
    #[error(transparent)]
    Curve(#[from] CurveError),
    /// The client has proved to own this key, and it is not one of those that may connect.
    #[error("the client's key `{0}` is not allowed to connect")]
    NotAllowed(PublicKey),
}
