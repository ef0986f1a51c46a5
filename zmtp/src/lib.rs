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

mod command;
mod connection;
pub mod curve;
mod error;
mod frame;
mod greeting;
mod limits;
mod metadata;
mod multipart;
mod security;
mod socket_type;

pub use connection::{Config, Connection, Event, PeerInfo};
pub use error::ProtocolError;
pub use greeting::{Greeting, Mechanism, VERSION, Version};
pub use limits::Limits;
pub use metadata::Metadata;
pub use multipart::Multipart;
pub use security::Security;
pub use socket_type::SocketType;
