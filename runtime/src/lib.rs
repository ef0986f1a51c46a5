//! A service framework that starts from the interface.

extern crate self as lymph;

mod backend;
mod builtin;
pub mod check;
pub mod client;
pub mod codec;
pub mod config;
pub mod container;
mod context;
pub mod describe;
mod emit;
pub mod error;
pub mod events;
#[doc(hidden)]
pub mod generated;
mod hash;
mod headers;
pub mod hub;
pub mod logging;
mod message;
mod metrics;
mod mock;
#[cfg(test)]
#[path = "../../fuzz/mutation.rs"]
mod mutation;
mod node;
mod patch;
pub mod registry;
mod server;
pub mod service;
pub mod testing;
pub mod transport;
pub mod types;
mod unknown;
mod value;
mod version;

pub use client::{Call, Client, Oneway};

pub use codec::{Decode, DecodeError, Decoder, Encode, Encoder};
pub use container::{Container, Handle, Running};
pub use context::{Context, DeliveryInfo};
pub use describe::{Interface, Method};
pub use emit::{Emit, Event};
pub use error::{CallError, DeclaredError, EmitError, Error, Fault, NoErrors, OrInternal};
pub use headers::Headers;
pub use message::{Endpoint, Message, MessageError, MessageType, MessageView, new_id};
pub use mock::Mock;
pub use node::Parts;
pub use patch::Patch;
pub use service::{DynamicEvent, Service};
pub use types::{Map, Set};
pub use unknown::{UnknownName, UnknownVariant};
pub use value::Value;
pub use version::{ParseVersionError, Version};

/// What must hold of parts that nobody else can reach, for `cargo xtask fuzz`.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzed {
    /// What a client says to a hub, or a hub to its client.
    pub fn hub(bytes: &[u8]) {
        crate::hub::fuzzed::check(bytes);
    }

    /// What a peer says of itself.
    pub fn claim(bytes: &[u8]) {
        crate::transport::zmtp::fuzzed::check(bytes);
    }
}

/// The modules that `lymph_build` generated, in place: those of one package, as in
/// `lymph::include_schema!("maps.geo")`, with what it imports; without a name, of all packages
/// compiled, each once.
///
/// ```ignore
/// lymph::include_schema!("greeting");
/// use greeting::{Greeting, GreetingClient};
/// ```
#[macro_export]
macro_rules! include_schema {
    () => {
        ::std::include!(::std::concat!(::std::env!("OUT_DIR"), "/lymph.rs"));
    };
    ($package:literal) => {
        ::std::include!(::std::concat!(::std::env!("OUT_DIR"), "/lymph/", $package, ".rs"));
    };
}
