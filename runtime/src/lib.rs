//! A service framework that starts from the interface.

extern crate self as lymph;

pub mod codec;
pub mod describe;
pub mod error;
pub mod events;
mod headers;
mod message;
pub mod registry;
pub mod transport;
pub mod types;
mod value;
mod version;

pub use codec::{Decode, DecodeError, Decoder, Encode, Encoder};
pub use describe::{Interface, Method};
pub use error::{CallError, DeclaredError, EmitError, Error, Fault, NoErrors, OrInternal};
pub use headers::Headers;
pub use message::{Endpoint, Message, MessageError, MessageType, new_id};
pub use types::{Map, Set};
pub use value::Value;
pub use version::{ParseVersionError, Version};
