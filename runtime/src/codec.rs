//! MessagePack for headers and bodies, with the tagged types that Python's peers use.
//!
//! [`Encode`] cannot fail: whatever a typed value holds has a place on the wire. [`Decode`] reads
//! what the wire contract allows a reader to accept: integers by value, floats of either width
//! and from integers that fit, sets where lists are expected and the other way round, embedded
//! documents as if they stood in line. Nothing from outside can make it panic or run out of stack.

mod decoder;
mod document;
mod encoder;
mod error;
mod head;
mod impls;
mod record;
mod scalars;
pub(crate) mod tagged;

pub use decoder::{Decoder, MAX_DEPTH, MAX_DYNAMIC_VALUES};
pub use document::Document;
pub(crate) use document::join;
pub use encoder::{Encoder, ForeignType};
pub use error::DecodeError;
pub(crate) use head::{Head, end_of_value, text_at};
pub use impls::Bin;
pub use record::{Fields, Record};

use bytes::Bytes;

/// A value that has a form on the wire.
pub trait Encode {
    /// Appends the value.
    fn encode(&self, encoder: &mut Encoder);

    /// Whether the value may be left out of a map: `None`, for `T?`.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A value that can be read from the wire.
pub trait Decode: Sized {
    /// Reads one value and stands behind it.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the bytes are no MessagePack, hold another type, or pass a limit.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError>;
}

/// The value's bytes.
pub fn to_bytes<T: Encode + ?Sized>(value: &T) -> Bytes {
    let mut encoder = Encoder::new();
    value.encode(&mut encoder);
    encoder.finish()
}

/// The value's bytes, unless Python's peers would choke on them.
///
/// # Errors
///
/// [`ForeignType`] when a map has the key `__type__`.
pub fn to_safe_bytes<T: Encode + ?Sized>(value: &T) -> Result<Bytes, ForeignType> {
    let mut encoder = Encoder::new();
    value.encode(&mut encoder);
    encoder.finish_safe()
}

/// As [`to_bytes`], for who goes on writing.
pub(crate) fn to_vec<T: Encode + ?Sized>(value: &T) -> Vec<u8> {
    let mut encoder = Encoder::with_capacity(EXPECTED_BYTES);
    value.encode(&mut encoder);
    encoder.into_vec()
}

/// As [`to_safe_bytes`], with `more` bytes of room behind the first part. Large bytes are not copied.
pub(crate) fn to_document<T: Encode + ?Sized>(value: &T, more: usize) -> Result<Document, ForeignType> {
    let mut encoder = Encoder::sharing(EXPECTED_BYTES + more);
    value.encode(&mut encoder);
    encoder.finish_document()
}

/// What most documents fit into.
const EXPECTED_BYTES: usize = 128;

/// Reads a whole document: bytes left over are an error.
///
/// # Errors
///
/// [`DecodeError`] as [`Decode::decode`], and for trailing bytes.
pub fn from_bytes<T: Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    from_shared(bytes, None)
}

/// As [`from_bytes`]; what `bytes` are a part of may be shared by what is read.
pub(crate) fn from_shared<T: Decode>(bytes: &[u8], source: Option<&Bytes>) -> Result<T, DecodeError> {
    let mut decoder = Decoder::new(bytes).sharing(source);
    let value = T::decode(&mut decoder)?;
    decoder.finish()?;
    Ok(value)
}
