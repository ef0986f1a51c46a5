//! ZMTP 3.1, the protocol that ZeroMQ's sockets speak with each other.
//!
//! [`Connection`] is the protocol itself. It takes bytes and gives events, and knows neither
//! sockets nor time, so it can be driven by any test or fuzzer:
//!
//! ```
//! use std::sync::Arc;
//! use lymph_zmtp::{Config, Connection, ProtocolError, SocketType};
//!
//! let mut connection = Connection::new(Arc::new(Config::new(SocketType::Router, "")));
//! connection.input().extend_from_slice(b"GET / HTTP/1.1\r\n");
//! assert_eq!(connection.poll(), Err(ProtocolError::NotZmtp));
//! ```
//!
//! What a peer may make us do is bounded by [`Limits`].

mod batch;
mod budget;
mod command;
mod complaints;
mod connection;
pub mod curve;
mod dialer;
mod driver;
mod endpoint;
mod error;
mod files;
mod frame;
mod greeting;
mod limits;
mod listener;
mod metadata;
mod multipart;
mod options;
mod outbox;
mod peer;
mod security;
mod socket;
mod socket_type;
mod stream;
mod threads;

pub use batch::Frame;
pub use complaints::Complaints;
pub use connection::{Config, Connection, Event, PeerInfo};
pub use endpoint::{Endpoint, EndpointError};
pub use error::ProtocolError;
pub use greeting::{Greeting, Mechanism, VERSION, Version};
pub use limits::Limits;
pub use listener::Listener;
pub use metadata::Metadata;
pub use multipart::Multipart;
pub use options::Options;
pub use outbox::{OutboxLimits, SendError};
pub use peer::{Handler, Pace, Peer, Receiver, Remote};
pub use security::Security;
pub use socket::{DialError, Socket};
pub use socket_type::SocketType;
pub use threads::Threads;
