//! Names that this schema does not have, kept as they came and sent on unchanged.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{Decode, DecodeError, Decoder, Encode, Encoder};

/// A variant of an open enum that only newer schemas have.
///
/// Users cannot make one, so an enum never holds a known name as unknown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownName(Arc<str>);

impl UnknownName {
    /// For generated code, which has looked for `name` among the known ones.
    #[doc(hidden)]
    #[must_use]
    pub fn __new(name: &str) -> Self {
        Self(name.into())
    }

    /// As it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// A variant of an open union that only newer schemas have, with its value.
///
/// Users cannot make one; it goes back out as it came in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownVariant {
    name: Arc<str>,
    value: Bytes,
}

impl UnknownVariant {
    /// For generated code, which has looked for `name` among the known ones: takes the next value.
    #[doc(hidden)]
    pub fn __read(name: &str, decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Self { name: name.into(), value: Bytes::copy_from_slice(decoder.raw()?) })
    }

    /// For generated code: writes the union.
    #[doc(hidden)]
    pub fn __write(&self, encoder: &mut Encoder) {
        encoder.map(1);
        encoder.str(&self.name);
        encoder.raw(&self.value);
    }

    /// The variant's name, as it came.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value's bytes: one MessagePack document.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.value
    }
}

impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} bytes)", self.name, self.value.len())
    }
}

impl Encode for UnknownName {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.str(&self.0);
    }
}

impl Decode for UnknownName {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.str().map(Self::__new)
    }
}
