//! A value whose type nobody declared.

mod convert;
mod text;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use uuid::Uuid;

use crate::codec::tagged::{self, name};
use crate::codec::{self, Decode, DecodeError, Decoder, Encode, Encoder, Head};

/// Any value that the wire can hold, with its tagged types: `any` in schemas, headers, tools.
///
/// Takes 32 bytes beside its text, bytes or members; a document may hold
/// [`MAX_DYNAMIC_VALUES`](codec::MAX_DYNAMIC_VALUES) of them.
///
/// ```
/// use lymph::Value;
/// let value: Value = serde_json::json!({"name": "Zoë", "tags": [1, 2]}).into();
/// assert_eq!(value.get("name").and_then(Value::as_str), Some("Zoë"));
/// assert_eq!(value.get("tags").unwrap().decode_as::<Vec<u8>>().unwrap(), [1, 2]);
/// assert_eq!(value.to_string(), r#"{"name": "Zoë", "tags": [1, 2]}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing.
    #[default]
    Nil,
    /// A boolean.
    Bool(bool),
    /// An integer that an `i64` holds.
    Int(i64),
    /// An integer beyond `i64::MAX`.
    UInt(u64),
    /// A float of either width.
    Float(f64),
    /// Text.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Self>),
    /// Pairs in the order they came; keys may be of any type, and equal ones are kept.
    Map(Vec<(Self, Self)>),
    /// A set, in the order its members came.
    Set(Vec<Self>),
    /// A moment that does not say in which offset.
    NaiveDateTime(NaiveDateTime),
    /// A moment with its offset.
    DateTime(DateTime<FixedOffset>),
    /// A day.
    Date(NaiveDate),
    /// A time of day; written in whole seconds.
    Time(NaiveTime),
    /// A decimal number, as it was written: `12.3400`, `1E+3`, `NaN`.
    Decimal(String),
    /// A UUID.
    Uuid(Uuid),
    /// Python's `Undefined`: nothing, where nil would be something.
    Undefined,
    /// A MessagePack extension of others.
    Ext(i8, Vec<u8>),
}

impl Value {
    /// The value that `typed` is on the wire.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when `typed` passes a limit of dynamic values or of depth.
    pub fn from_encode<T: Encode + ?Sized>(typed: &T) -> Result<Self, DecodeError> {
        codec::from_bytes(&codec::to_bytes(typed))
    }

    /// Reads it as a `T`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when it is none.
    pub fn decode_as<T: Decode>(&self) -> Result<T, DecodeError> {
        codec::from_bytes(&codec::to_bytes(self))
    }

    /// Whether Python's peers would choke on it: a map that names a `__type__` they do not know,
    /// or a decimal that is none. Such a message leaves a Python instance deaf until it restarts.
    #[must_use]
    pub fn has_foreign_type(&self) -> bool {
        match self {
            Self::List(items) | Self::Set(items) => items.iter().any(Self::has_foreign_type),
            Self::Map(pairs) => pairs.iter().any(|(key, value)| {
                key.as_str() == Some(tagged::TYPE_KEY) && !value.is_false_in_python()
                    || key.has_foreign_type()
                    || value.has_foreign_type()
            }),
            Self::Decimal(text) => !tagged::is_decimal(text),
            _ => false,
        }
    }

    fn is_false_in_python(&self) -> bool {
        match self {
            Self::Nil | Self::Undefined => true,
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Float(value) => *value == 0.0,
            Self::String(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::List(items) | Self::Set(items) => items.is_empty(),
            Self::Map(pairs) => pairs.is_empty(),
            _ => false,
        }
    }
}

impl Encode for Value {
    fn encode(&self, encoder: &mut Encoder) {
        match self {
            Self::Nil => encoder.nil(),
            Self::Bool(value) => encoder.bool(*value),
            Self::Int(value) => encoder.int(*value),
            Self::UInt(value) => encoder.uint(*value),
            Self::Float(value) => encoder.f64(*value),
            Self::String(text) => encoder.str(text),
            Self::Bytes(bytes) => encoder.bytes(bytes),
            Self::List(items) => items.encode(encoder),
            Self::Map(pairs) => {
                encoder.map(pairs.len());
                for (key, value) in pairs {
                    encoder.key(key);
                    value.encode(encoder);
                }
            }
            Self::Set(items) => encoder.tagged(name::SET, |encoder| items.encode(encoder)),
            Self::NaiveDateTime(moment) => {
                encoder.tagged(name::DATETIME, |encoder| encoder.str(&tagged::format_naive(*moment)));
            }
            Self::DateTime(moment) => moment.encode(encoder),
            Self::Date(date) => date.encode(encoder),
            Self::Time(time) => time.encode(encoder),
            Self::Decimal(text) => encoder.tagged(name::DECIMAL, |encoder| encoder.str(text)),
            Self::Uuid(uuid) => uuid.encode(encoder),
            Self::Undefined => encoder.tagged(name::UNDEFINED, |encoder| encoder.str("")),
            Self::Ext(kind, data) => encoder.ext(*kind, data),
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Nil)
    }
}

impl Decode for Value {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.claim(1)?;
        read(decoder)
    }
}

/// Reads a value that its container has claimed already.
fn read(decoder: &mut Decoder<'_>) -> Result<Value, DecodeError> {
    let scalar = match decoder.head()? {
        Head::Nil => Value::Nil,
        Head::Bool(value) => Value::Bool(value),
        Head::Int(value) => Value::Int(value),
        Head::UInt(value) => value.into(),
        Head::F32(value) => Value::Float(value.into()),
        Head::F64(value) => Value::Float(value),
        Head::Str(len) => return decoder.text(len).map(|text| Value::String(text.to_owned())),
        Head::Bin(len) => return decoder.payload(len).map(|bytes| Value::Bytes(bytes.to_owned())),
        Head::Ext(kind, len) => {
            return decoder.payload(len).map(|data| Value::Ext(kind, data.to_owned()));
        }
        Head::Array(len) => {
            let len = decoder.enter_array(len)?;
            return read_list(decoder, len);
        }
        Head::Map(len) => {
            let len = decoder.enter_map(len)?;
            return read_map(decoder, len);
        }
    };
    decoder.done().map(|()| scalar)
}

fn read_list(decoder: &mut Decoder<'_>, len: usize) -> Result<Value, DecodeError> {
    decoder.claim(len)?;
    let mut items = Vec::with_capacity(len);
    for index in 0..len {
        items.push(read(decoder).map_err(|error| error.index(index))?);
    }
    Ok(Value::List(items))
}

fn read_map(decoder: &mut Decoder<'_>, len: usize) -> Result<Value, DecodeError> {
    decoder.claim(len * 2)?;
    let mut pairs = Vec::with_capacity(len);
    for _ in 0..len {
        let key = read(decoder)?;
        let value = read(decoder).map_err(|error| error.at(key.to_string_lossy()))?;
        pairs.push((key, value));
    }
    untag(pairs)
}

/// The tagged value that these pairs are, or a map of them.
pub(crate) fn untag(mut pairs: Vec<(Value, Value)>) -> Result<Value, DecodeError> {
    let is = |pair: &(Value, Value), key| pair.0.as_str() == Some(key);
    let typed = match &pairs[..] {
        [first, second] if is(first, tagged::TYPE_KEY) && is(second, tagged::VALUE_KEY) => 0,
        [first, second] if is(first, tagged::VALUE_KEY) && is(second, tagged::TYPE_KEY) => 1,
        _ => return Ok(Value::Map(pairs)),
    };
    let type_name = pairs[typed].1.as_str().unwrap_or_default();
    let text = pairs[1 - typed].1.as_str().unwrap_or_default();
    let (expected, value) = match type_name {
        name::DATETIME => {
            let moment = tagged::parse_datetime(text).and_then(|(local, offset)| match offset {
                Some(offset) => tagged::with_offset(local, offset).map(Value::DateTime),
                None => Some(Value::NaiveDateTime(local)),
            });
            ("a datetime", moment)
        }
        name::DATE => ("a date", tagged::parse_date(text).map(Value::Date)),
        name::TIME => ("a time", tagged::parse_time(text).map(Value::Time)),
        name::DECIMAL => ("a decimal", tagged::is_decimal(text).then(|| Value::Decimal(text.to_owned()))),
        name::UUID => ("a UUID", Uuid::try_parse(text).ok().map(Value::Uuid)),
        name::UNDEFINED => return Ok(Value::Undefined),
        name::SET => {
            return match std::mem::take(&mut pairs[1 - typed].1) {
                Value::List(items) => Ok(Value::Set(items)),
                other => Err(DecodeError::expected("the list of a set", other.kind())),
            };
        }
        _ => return Ok(Value::Map(pairs)),
    };
    value.ok_or_else(|| match &pairs[1 - typed].1 {
        Value::String(text) => DecodeError::not_a(expected, text),
        other => DecodeError::expected(&format!("the text of {expected}"), other.kind()),
    })
}
