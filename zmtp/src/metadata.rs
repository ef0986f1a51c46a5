//! What peers say of themselves in the handshake.

use bytes::{BufMut, Bytes, BytesMut};

use crate::command::{put_short, take_short};
use crate::{Limits, ProtocolError};

/// Properties by name, in the order in which they were said.
///
/// Names are compared without regard to case, as the specification wants; those of applications
/// begin with `X-`, and ZeroMQ passes over the ones it does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    properties: Vec<(String, Bytes)>,
}

impl Metadata {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { properties: Vec::new() }
    }

    /// The value of one property.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Bytes> {
        let (_, value) = self.properties.iter().find(|(it, _)| it.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Sets a property.
    ///
    /// # Panics
    ///
    /// When the name is not 1 to 255 letters, digits or any of `-_.+`.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Bytes>) {
        let name = name.into();
        assert!(is_name(name.as_bytes()), "`{name}` is no name of a property");
        self.properties.retain(|(it, _)| !it.eq_ignore_ascii_case(&name));
        self.properties.push((name, value.into()));
    }

    /// Its properties in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.properties.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Reads the data of a READY command.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`] when it is cut short, has too many properties, or one twice.
    pub fn decode(mut data: &[u8], limits: &Limits) -> Result<Self, ProtocolError> {
        let mut metadata = Self::new();
        while !data.is_empty() {
            if metadata.properties.len() == limits.properties {
                return Err(ProtocolError::TooManyProperties(limits.properties));
            }
            let (name, value, rest) = property(data).ok_or(ProtocolError::MalformedCommand("READY"))?;
            if metadata.get(name).is_some() {
                return Err(ProtocolError::MalformedCommand("READY"));
            }
            metadata.properties.push((name.to_owned(), Bytes::copy_from_slice(value)));
            data = rest;
        }
        Ok(metadata)
    }

    /// Writes what [`decode`](Self::decode) reads.
    pub fn encode(&self, out: &mut BytesMut) {
        for (name, value) in &self.properties {
            put_short(out, name.as_bytes());
            out.put_u32(u32::try_from(value.len()).expect("we say no more than a command holds"));
            out.put_slice(value);
        }
    }
}

/// Splits off one property.
fn property(data: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let (name, rest) = take_short(data).filter(|(name, _)| is_name(name))?;
    let (len, rest) = rest.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*len).try_into().ok()?)?;
    Some((str::from_utf8(name).ok()?, value, rest))
}

fn is_name(name: &[u8]) -> bool {
    let of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(byte);
    (1..=255).contains(&name.len()) && name.iter().all(of_a_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(data: &[u8]) -> Result<Metadata, ProtocolError> {
        Metadata::decode(data, &Limits { properties: 2, ..Limits::default() })
    }

    #[test]
    fn properties_come_back() {
        let mut metadata = Metadata::new();
        metadata.insert("Socket-Type", "ROUTER");
        metadata.insert("X-Lymph", "1");
        metadata.insert("x-lymph", "");
        let mut out = BytesMut::new();
        metadata.encode(&mut out);
        let read = decode(&out).unwrap();
        assert_eq!(read, metadata);
        assert_eq!(read.get("X-LYMPH"), Some(&Bytes::new()));
        assert_eq!(read.get("Identity"), None);
    }

    #[test]
    fn malformed_metadata_is_refused() {
        let bad: [&[u8]; 6] = [
            b"\0\0\0\0\0",
            b"\x02a\xff\0\0\0\0",
            b"\x01a\0\0\0",
            b"\x01a\xff\xff\xff\xff",
            b"\x01a\0\0\0\x02b",
            b"\x01a\0\0\0\0\x01A\0\0\0\0",
        ];
        for data in bad {
            assert_eq!(decode(data), Err(ProtocolError::MalformedCommand("READY")), "{data:?}");
        }
        let three = b"\x01a\0\0\0\0\x01b\0\0\0\0\x01c\0\0\0\0";
        assert_eq!(decode(three), Err(ProtocolError::TooManyProperties(2)));
    }
}
