//! What generated code calls and nobody else: each function here is text that no schema repeats.

use crate::Patch;
use crate::codec::tagged;
use crate::codec::{self, Decode, DecodeError, Decoder, Encode, Encoder};
use crate::error::{ErrorBody, Fault};
use crate::types::{Date, DateTime, Decimal, Time};

/// Reads a field whose value may itself be nil, as that of `any`.
pub fn required<T: Decode>(
    decoder: &mut Decoder<'_>,
    name: &'static str,
    place: &mut Option<T>,
) -> Result<(), DecodeError> {
    *place = Some(decoder.field(name)?);
    Ok(())
}

/// Reads a field whose place holds its default; nil leaves it there.
pub fn defaulted<T: Decode>(
    decoder: &mut Decoder<'_>,
    name: &'static str,
    place: &mut T,
) -> Result<(), DecodeError> {
    if let Some(value) = decoder.field(name)? {
        *place = value;
    }
    Ok(())
}

/// Reads a field where nil is as good as nothing.
pub fn optional<T: Decode>(
    decoder: &mut Decoder<'_>,
    name: &'static str,
    place: &mut Option<T>,
) -> Result<(), DecodeError> {
    *place = decoder.field(name)?;
    Ok(())
}

/// Reads a field that was sent: nil clears.
pub fn patch<T: Decode>(
    decoder: &mut Decoder<'_>,
    name: &'static str,
    place: &mut Patch<T>,
) -> Result<(), DecodeError> {
    *place = decoder.field::<Option<T>>(name)?.into();
    Ok(())
}

/// Names the first field that is missing.
#[cold]
pub fn missing(fields: &[(&'static str, bool)]) -> DecodeError {
    let first = fields.iter().find(|(_, is_missing)| *is_missing);
    DecodeError::missing(first.map_or("", |(name, _)| name))
}

/// Writes an argument, or its default when the caller gave none.
pub fn field_or<T: Encode>(encoder: &mut Encoder, name: &str, value: &Option<T>, default: T) {
    encoder.field(name, value.as_ref().unwrap_or(&default));
}

/// Whether the caller gave something else than the default.
pub fn differs<T: PartialEq>(value: &Option<T>, default: T) -> bool {
    value.as_ref().is_some_and(|value| *value != default)
}

/// Reads the header of a union: the name of its one entry, whose value is next.
pub fn variant<'de>(decoder: &mut Decoder<'de>) -> Result<&'de str, DecodeError> {
    match decoder.map()? {
        1 => decoder.str(),
        len => Err(DecodeError::new(format!("a union has one entry, not {len}"))),
    }
}

/// A struct that stands for one error of a schema.
pub trait ErrorStruct: Encode + Decode + std::error::Error {
    /// The name on the wire.
    const NAME: &'static str;
    /// What it says when it was given no message.
    const DEFAULT_MESSAGE: &'static str;

    /// Takes the message that came with it; errors with a `message` field of their own ignore it.
    fn set_message(&mut self, message: &str);

    /// What goes over the wire.
    fn to_body(&self) -> ErrorBody {
        // An empty map says nothing, and Python's peers need not read it.
        let data = Some(codec::to_bytes(self)).filter(|data| **data != [0x80]);
        ErrorBody { kind: Self::NAME.to_owned(), message: self.to_string(), data }
    }

    /// What came over the wire; `None` when its fields cannot be read.
    fn from_body(body: &ErrorBody) -> Option<Self> {
        let mut error: Self = codec::from_bytes(body.data.as_deref().unwrap_or(&[0x80])).ok()?;
        if body.message != Self::DEFAULT_MESSAGE {
            error.set_message(&body.message);
        }
        Some(error)
    }
}

impl<X: ErrorStruct, E: From<X>> From<X> for Fault<E> {
    fn from(error: X) -> Self {
        Self::Declared(error.into())
    }
}

/// A `datetime` of a schema, which its compiler has checked.
pub fn datetime(text: &str) -> DateTime {
    tagged::parse_datetime_utc(text).expect(CHECKED)
}

/// A `date` of a schema, which its compiler has checked.
pub fn date(text: &str) -> Date {
    tagged::parse_date(text).expect(CHECKED)
}

/// A `time` of a schema, which its compiler has checked.
pub fn time(text: &str) -> Time {
    tagged::parse_time(text).expect(CHECKED)
}

/// A `decimal` of a schema, which its compiler has checked.
pub fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).expect(CHECKED)
}

const CHECKED: &str = "the schema's compiler has checked it";
