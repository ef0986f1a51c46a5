//! How the types of schemas are written and read.

use std::hash::{BuildHasher, Hash};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use indexmap::{IndexMap, IndexSet};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::tagged::{self, name};
use super::{Decode, DecodeError, Decoder, Encode, Encoder};
use crate::Headers;

/// Bytes that are borrowed: written as MessagePack's bin, where a `[u8]` would be a list. Those of a
/// [`Bytes`] are not copied when they are large.
#[derive(Debug, Clone, Copy)]
pub struct Bin<'a> {
    bytes: &'a [u8],
    shared: Option<&'a Bytes>,
}

impl<'a> From<&'a [u8]> for Bin<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self { bytes, shared: None }
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Bin<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self { bytes, shared: None }
    }
}

impl<'a> From<&'a Vec<u8>> for Bin<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self { bytes, shared: None }
    }
}

impl<'a> From<&'a Bytes> for Bin<'a> {
    fn from(bytes: &'a Bytes) -> Self {
        Self { bytes, shared: Some(bytes) }
    }
}

impl PartialEq for Bin<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Bin<'_> {}

/// Bytes set aside for a list before its first element was read.
const PREALLOCATED_BYTES: usize = 16 * 1024;

/// How many elements of `T` to make room for when `len` are promised.
fn capacity<T>(len: usize) -> usize {
    len.min(PREALLOCATED_BYTES / size_of::<T>().max(1))
}

macro_rules! integers {
    ($($write:ident as $wide:ident: $($type:ident)*;)*) => {$($(
        impl Encode for $type {
            fn encode(&self, encoder: &mut Encoder) {
                encoder.$write($wide::from(*self));
            }
        }

        impl Decode for $type {
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                decoder.integer(stringify!($type))
            }
        }
    )*)*};
}

integers! {
    int as i64: i8 i16 i32 i64;
    uint as u64: u8 u16 u32 u64;
}

impl Encode for bool {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.bool(*self);
    }
}

impl Decode for bool {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.bool()
    }
}

impl Encode for f64 {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.f64(*self);
    }
}

impl Decode for f64 {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.float()
    }
}

impl Encode for f32 {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.f32(*self);
    }
}

impl Decode for f32 {
    /// Rounds floats, which Python sends with 64 bits only, and refuses integers it would round.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.float32()
    }
}

impl Encode for () {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.nil();
    }
}

impl Decode for () {
    /// Takes any value: a method that returns nothing may have returned something once.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.skip()
    }
}

impl Encode for str {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.str(self);
    }
}

impl Encode for String {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.str(self);
    }
}

impl Decode for String {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        // What is copied first begins where most can be checked at once.
        let text = decoder.text_bytes()?.to_vec();
        Self::from_utf8(text).map_err(|_| DecodeError::not_utf8())
    }
}

impl Encode for Bin<'_> {
    fn encode(&self, encoder: &mut Encoder) {
        match self.shared {
            Some(shared) => encoder.shared_bytes(shared),
            None => encoder.bytes(self.bytes),
        }
    }
}

impl Encode for Bytes {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.shared_bytes(self);
    }
}

impl Decode for Bytes {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.shared_bytes()
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, encoder: &mut Encoder) {
        (**self).encode(encoder);
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode(&self, encoder: &mut Encoder) {
        (**self).encode(encoder);
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(decoder).map(Self::new)
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, encoder: &mut Encoder) {
        match self {
            Some(value) => value.encode(encoder),
            None => encoder.nil(),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        if decoder.is_nil()? {
            return decoder.nil().map(|()| None);
        }
        T::decode(decoder).map(Some)
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.array(self.len());
        for value in self {
            value.encode(encoder);
        }
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, encoder: &mut Encoder) {
        self.as_slice().encode(encoder);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let len = decoder.sequence()?;
        let mut list = Self::with_capacity(capacity::<T>(len));
        for index in 0..len {
            list.push(decoder.element(index)?);
        }
        Ok(list)
    }
}

impl<T: Encode, S> Encode for IndexSet<T, S> {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tagged(name::SET, |encoder| {
            encoder.array(self.len());
            for value in self {
                value.encode(encoder);
            }
        });
    }
}

impl<T: Decode + Eq + Hash, S: BuildHasher + Default> Decode for IndexSet<T, S> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let len = decoder.sequence()?;
        let mut set = Self::with_capacity_and_hasher(capacity::<T>(len), S::default());
        for index in 0..len {
            set.insert(decoder.element(index)?);
        }
        Ok(set)
    }
}

impl<K: Encode, V: Encode, S> Encode for IndexMap<K, V, S> {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.map(self.len());
        for (key, value) in self {
            encoder.key(key);
            value.encode(encoder);
        }
    }
}

impl<K: Decode + Eq + Hash, V: Decode, S: BuildHasher + Default> Decode for IndexMap<K, V, S> {
    /// Of equal keys the last one wins.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let len = decoder.map()?;
        let mut map = Self::with_capacity_and_hasher(capacity::<(K, V)>(len), S::default());
        for index in 0..len {
            let position = decoder.position();
            let key = decoder.element(index)?;
            let value = V::decode(decoder).map_err(|error| match decoder.text_at(position) {
                Some(name) => error.at(name),
                None => error.index(index),
            })?;
            map.insert(key, value);
        }
        Ok(map)
    }
}

impl Encode for DateTime<FixedOffset> {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tagged(name::DATETIME, |encoder| encoder.str(&tagged::format_datetime(*self)));
    }
}

impl Decode for DateTime<FixedOffset> {
    /// A moment without an offset is UTC.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        tagged_text(decoder, name::DATETIME, "a datetime", tagged::parse_datetime_utc)
    }
}

impl Encode for NaiveDate {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tagged(name::DATE, |encoder| encoder.str(&tagged::format_date(*self)));
    }
}

impl Decode for NaiveDate {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        tagged_text(decoder, name::DATE, "a date", tagged::parse_date)
    }
}

impl Encode for NaiveTime {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tagged(name::TIME, |encoder| encoder.str(&tagged::format_time(*self)));
    }
}

impl Decode for NaiveTime {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        tagged_text(decoder, name::TIME, "a time", tagged::parse_time)
    }
}

impl Encode for Duration {
    /// Whole microseconds, half a million years at most.
    fn encode(&self, encoder: &mut Encoder) {
        encoder.uint(u64::try_from(self.as_micros()).unwrap_or(u64::MAX));
    }
}

impl Decode for Duration {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.integer("a duration").map(Self::from_micros)
    }
}

impl Encode for Decimal {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tagged(name::DECIMAL, |encoder| encoder.str(&self.to_string()));
    }
}

impl Decode for Decimal {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let parse = |text: &str| match text.contains(['e', 'E']) {
            true => Self::from_scientific(text).ok(),
            false => Self::from_str_exact(text).ok(),
        };
        tagged_text(decoder, name::DECIMAL, "a decimal of 28 digits", parse)
    }
}

impl Encode for Uuid {
    fn encode(&self, encoder: &mut Encoder) {
        let mut buffer = Uuid::encode_buffer();
        let text = self.hyphenated().encode_lower(&mut buffer);
        encoder.tagged(name::UUID, |encoder| encoder.str(text));
    }
}

impl Decode for Uuid {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        tagged_text(decoder, name::UUID, "a UUID", |text| Self::try_parse(text).ok())
    }
}

impl Encode for Headers {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.map(self.iter().len());
        for (name, value) in self.iter() {
            encoder.field(name, value);
        }
    }
}

impl Decode for Headers {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let mut headers = Self::new();
        let mut fields = decoder.fields()?;
        while let Some(name) = fields.next(decoder)? {
            let value = crate::Value::decode(decoder).map_err(|error| error.at(name.to_owned()))?;
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

fn tagged_text<T>(
    decoder: &mut Decoder<'_>,
    name: &str,
    expected: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, DecodeError> {
    decoder.expect_tag(name, expected)?;
    let text = decoder.str()?;
    parse(text).ok_or_else(|| DecodeError::not_a(expected, text))
}
