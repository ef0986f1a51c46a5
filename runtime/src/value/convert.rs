//! Between `Value` and Rust's own types.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Value, untag};

impl Value {
    /// Whether it is nil.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::UInt(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Int(value) => u64::try_from(*value).ok(),
            Self::UInt(value) => Some(*value),
            _ => None,
        }
    }

    /// The number as a float, rounded if it must be.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::UInt(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes, if it is bytes.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The members, if it is a list or a set.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) | Self::Set(items) => Some(items),
            _ => None,
        }
    }

    /// The pairs, if it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Self, Self)]> {
        match self {
            Self::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The UUID, if it is one.
    #[must_use]
    pub fn as_uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid(uuid) => Some(*uuid),
            _ => None,
        }
    }

    /// The moment, if it is one; without an offset it is UTC.
    #[must_use]
    pub fn as_datetime(&self) -> Option<DateTime<FixedOffset>> {
        match self {
            Self::DateTime(moment) => Some(*moment),
            Self::NaiveDateTime(moment) => Some(moment.and_utc().fixed_offset()),
            _ => None,
        }
    }

    /// What stands behind text key `key` of a map; of equal keys the last one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let pairs = self.as_map()?;
        pairs.iter().rev().find(|(name, _)| name.as_str() == Some(key)).map(|(_, value)| value)
    }

    /// What it is, with an article, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::UInt(_) => "an integer",
            Self::Float(_) => "a float",
            Self::String(_) => "a string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Set(_) => "a set",
            Self::NaiveDateTime(_) | Self::DateTime(_) => "a datetime",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time",
            Self::Decimal(_) => "a decimal",
            Self::Uuid(_) => "a UUID",
            Self::Undefined => "undefined",
            Self::Ext(..) => "a MessagePack extension",
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident($convert:expr);)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant($convert(value))
            }
        }
    )*};
}

from! {
    bool => Bool(std::convert::identity);
    i8 => Int(i64::from);
    i16 => Int(i64::from);
    i32 => Int(i64::from);
    i64 => Int(i64::from);
    u8 => Int(i64::from);
    u16 => Int(i64::from);
    u32 => Int(i64::from);
    f32 => Float(f64::from);
    f64 => Float(f64::from);
    &str => String(str::to_owned);
    &String => String(String::clone);
    String => String(std::convert::identity);
    std::sync::Arc<str> => String(|text: std::sync::Arc<str>| text.to_string());
    bytes::Bytes => Bytes(|bytes: bytes::Bytes| bytes.to_vec());
    Vec<Value> => List(std::convert::identity);
    NaiveDate => Date(std::convert::identity);
    NaiveTime => Time(std::convert::identity);
    DateTime<FixedOffset> => DateTime(std::convert::identity);
    Decimal => Decimal(|value: Decimal| value.to_string());
    Uuid => Uuid(std::convert::identity);
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::UInt(value), Self::Int)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nil, Into::into)
    }
}

impl<K: Into<Self>, V: Into<Self>> FromIterator<(K, V)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl From<serde_json::Value> for Value {
    /// Objects of the form `{"__type__": "UUID", "_": "…"}` become what they say, so that JSON can
    /// hold everything that the wire can; when they are wrong they stay maps.
    fn from(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Nil,
            Json::Bool(value) => value.into(),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => value.into(),
                (None, Some(value)) => value.into(),
                (None, None) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => text.into(),
            Json::Array(items) => Self::List(items.into_iter().map(Into::into).collect()),
            Json::Object(members) => match members.into_iter().collect() {
                Self::Map(pairs) if pairs.len() == 2 => untag(pairs.clone()).unwrap_or(Self::Map(pairs)),
                other => other,
            },
        }
    }
}
