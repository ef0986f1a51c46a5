//! CURVE: connections that nobody else can read, change or replay, between peers that know each
//! other's keys.
//!
//! A server has a long-term key pair that its clients know the public half of; a client has one
//! that the server may look for in a list. Both make another pair for each connection and forget
//! it with the connection, so what was recorded stays unreadable when a long-term key is stolen
//! later. The client's key travels encrypted.
//!
//! ```text
//! client                                                server
//!    | HELLO     C', proof of knowing S                    |
//!    |---------------------------------------------------->|
//!    |                         S', a cookie  WELCOME       |
//!    |<----------------------------------------------------|
//!    | INITIATE  the cookie, C, its vouch for C', metadata |
//!    |---------------------------------------------------->|
//!    |                            metadata  READY or ERROR |
//!    |<----------------------------------------------------|
//!    | MESSAGE                                     MESSAGE |
//!    |<--------------------------------------------------->|
//! ```
//!
//! All here is pure: commands in, commands out, and no command is answered twice, as each step
//! takes the one before. [`Client::start`] and [`Server::new`] begin; both end in a [`Session`].
//!
//! Sources: 25/ZMTP-CURVE and 26/CURVEZMQ of rfc.zeromq.org. Nonces count in network order, as
//! libzmq has it since 4.2.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Instant;
//!
//! use bytes::BytesMut;
//! use lymph_zmtp::curve::{Allow, Client, SecretKey, Server};
//!
//! let (mine, theirs) = (SecretKey::generate()?, SecretKey::generate()?);
//! let allow = Allow::keys([mine.public_key()]);
//!
//! let (client, hello) = Client::start(&mine, &theirs.public_key())?;
//! let (server, welcome) = Server::new(&theirs).hello(&hello, Instant::now())?;
//! let (client, initiate) = client.welcome(&welcome, b"")?;
//! let request = server.initiate(&initiate, Instant::now())?;
//! assert!(allow.allows(request.client_key()));
//! let (mut server, ready) = request.accept(b"")?;
//! let (mut client, _metadata) = client.ready(&ready)?;
//!
//! let mut frame = BytesMut::new();
//! client.seal(Default::default(), b"hello", &mut frame)?;
//! let message = server.open(&mut frame)?;
//! assert_eq!(&frame[message.payload], b"hello");
//! # Ok::<(), lymph_zmtp::curve::CurveError>(())
//! ```

mod allow;
mod cipher;
mod client;
mod command;
mod error;
mod key;
mod server;
mod session;
mod z85;

pub use allow::Allow;
pub use client::{AwaitReady, AwaitWelcome, Client};
pub use command::{HELLO_LEN, INITIATE_MIN_LEN, MAX_METADATA_LEN, READY_MIN_LEN, WELCOME_LEN};
pub use error::CurveError;
pub use key::{KEY_LEN, KEY_TEXT_LEN, KeyError, PublicKey, SecretKey};
pub use server::{AwaitInitiate, COOKIE_LIFETIME, Request, Server};
pub use session::{Flags, Message, OVERHEAD, Session};
/// What erases its content when it is dropped, such as the text of a secret key.
pub use zeroize::Zeroizing;
