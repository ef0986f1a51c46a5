//! `Value` as JSON and for people.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Value;
use crate::codec::tagged;

impl Value {
    /// The text itself, or what [`Display`](fmt::Display) shows: map keys in messages and JSON.
    #[must_use]
    pub fn to_string_lossy(&self) -> String {
        self.plain_text().map_or_else(|| self.to_string(), Cow::into_owned)
    }

    /// The text of values that are text in JSON.
    fn plain_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::String(text) | Self::Decimal(text) => text.into(),
            Self::Bytes(bytes) | Self::Ext(_, bytes) => base64(bytes).into(),
            Self::NaiveDateTime(moment) => tagged::format_naive(*moment).into(),
            Self::DateTime(moment) => tagged::format_datetime(*moment).into(),
            Self::Date(date) => tagged::format_date(*date).into(),
            Self::Time(time) => tagged::format_time(*time).into(),
            Self::Uuid(uuid) => uuid.to_string().into(),
            _ => return None,
        })
    }
}

impl Serialize for Value {
    /// What JSON lacks becomes its nearest: sets are arrays; dates, decimals and UUIDs their text;
    /// bytes base64; undefined null; keys that are no text what they look like.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nil | Self::Undefined => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::UInt(value) => serializer.serialize_u64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::List(items) | Self::Set(items) => serializer.collect_seq(items),
            Self::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(&key.to_string_lossy(), value)?;
                }
                map.end()
            }
            text => serializer.serialize_str(&text.plain_text().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Value {
    /// On one line, like JSON; what JSON lacks names its type: `date(2015-07-18)`, `set[1, 2]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::UInt(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::String(text) => write_quoted(f, text),
            Self::List(items) => write_list(f, items),
            Self::Set(items) => {
                f.write_str("set")?;
                write_list(f, items)
            }
            Self::Map(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_str("}")
            }
            Self::Undefined => f.write_str("undefined"),
            tagged => {
                let text = tagged.plain_text().unwrap_or_default();
                let name = tagged.kind().rsplit(' ').next().unwrap_or_default();
                write!(f, "{}({text})", name.to_lowercase())
            }
        }
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, items: &[Value]) -> fmt::Result {
    f.write_str("[")?;
    for (index, item) in items.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    f.write_str("]")
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 0x3f;
            text.push(if digit > chunk.len() { '=' } else { DIGITS[value as usize].into() });
        }
    }
    text
}
