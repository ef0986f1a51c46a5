//! From the tree into anything that serde can fill, with the place of what does not fit.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Visitor};

use super::error::Problem;
use super::tree::{Entry, Kind, Node};

/// Reads a node as a `T`.
pub(crate) fn read<'de, T: de::Deserialize<'de>>(node: &'de Node) -> Result<T, Problem> {
    T::deserialize(node).map_err(|error| error.placed(node).0)
}

#[derive(Debug)]
pub(crate) struct DeError(Problem);

impl DeError {
    /// The same, at `node` unless it has a place already. Texts that serde made from a hidden
    /// value are not passed on.
    fn placed(mut self, node: &Node) -> Self {
        if self.0.place.is_none() {
            self.0.place = Some(node.place.clone());
        }
        self
    }
}

impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DeError {}

impl de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Problem::new(message.to_string()))
    }

    // What was found is never shown: it may be a secret.
    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(Problem::new(format!("expected {expected}")))
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(Problem::new(format!("expected {expected}")))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self(Problem::new(format!("unknown key `{field}`")).nearest(field, expected.iter().copied()))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self(Problem::new("unknown name").nearest(variant, expected.iter().copied()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(Problem::new(format!("`{field}` is missing")))
    }
}

/// A boolean as YAML 1.1, which Python's users write, has it.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn expected(what: &str) -> DeError {
    DeError(Problem::new(format!("expected {what}")))
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ident $what:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
            let parsed = self.text().and_then(|text| text.replace('_', "").parse::<$type>().ok());
            parsed.ok_or_else(|| expected($what)).and_then(|value| visitor.$visit(value)).map_err(|error| self.hide(error))
        }
    )*};
}

impl Node {
    fn hide(&self, error: DeError) -> DeError {
        let error = error.placed(self);
        match self.hidden
            && error.0.place.as_ref() == Some(&self.place)
            && !error.0.message.starts_with("expected ")
        {
            true => DeError(Problem { message: "this value does not fit here".to_owned(), ..error.0 }),
            false => error,
        }
    }

    fn any<'de, V: Visitor<'de>>(&'de self, visitor: V) -> Result<V::Value, DeError> {
        match &self.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::List(items) => visitor.visit_seq(de::value::SeqDeserializer::new(items.iter())),
            Kind::Map(entries) => visitor.visit_map(Entries { entries: entries.iter(), value: None }),
            Kind::Scalar { text, plain: true } => match text.as_str() {
                "true" | "True" => visitor.visit_bool(true),
                "false" | "False" => visitor.visit_bool(false),
                text => match (text.parse::<i64>(), text.parse::<u64>(), text.parse::<f64>()) {
                    (Ok(value), ..) => visitor.visit_i64(value),
                    (_, Ok(value), _) => visitor.visit_u64(value),
                    (.., Ok(value))
                        if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) =>
                    {
                        visitor.visit_f64(value)
                    }
                    _ => visitor.visit_borrowed_str(text),
                },
            },
            Kind::Scalar { text, plain: false } => visitor.visit_borrowed_str(text),
        }
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.any(visitor).map_err(|error| self.hide(error))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        let value =
            self.text().and_then(parse_bool).ok_or_else(|| expected("`true` or `false`").placed(self))?;
        visitor.visit_bool(value)
    }

    numbers! {
        deserialize_i8 visit_i8 i8 "an integer from -128 to 127";
        deserialize_i16 visit_i16 i16 "an integer from -32768 to 32767";
        deserialize_i32 visit_i32 i32 "an integer of 32 bits";
        deserialize_i64 visit_i64 i64 "an integer";
        deserialize_u8 visit_u8 u8 "an integer from 0 to 255";
        deserialize_u16 visit_u16 u16 "an integer from 0 to 65535";
        deserialize_u32 visit_u32 u32 "an integer of 32 bits that is not negative";
        deserialize_u64 visit_u64 u64 "an integer that is not negative";
        deserialize_f32 visit_f32 f32 "a number";
        deserialize_f64 visit_f64 f64 "a number";
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.kind {
            Kind::Scalar { text, .. } => visitor.visit_borrowed_str(text).map_err(|error| self.hide(error)),
            _ => Err(expected("a single value").placed(self)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.kind {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self).map_err(|error| error.placed(self)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        visitor.visit_newtype_struct(self).map_err(|error| self.hide(error))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.kind {
            Kind::List(_) => self.deserialize_any(visitor),
            _ => Err(expected("a list").placed(self)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        let entries = self.entries().ok_or_else(|| expected("a section").placed(self))?;
        let entries = Entries { entries: entries.iter(), value: None };
        visitor.visit_map(entries).map_err(|error| error.placed(self))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        let text = self.text().ok_or_else(|| expected("a name").placed(self))?;
        let name = de::value::BorrowedStrDeserializer::new(text);
        visitor.visit_enum(name).map_err(|error: DeError| error.placed(self))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

impl<'de> de::IntoDeserializer<'de, DeError> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Entries<'de> {
    entries: std::slice::Iter<'de, Entry>,
    value: Option<&'de Node>,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DeError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.value = Some(&entry.value);
        let key = de::value::BorrowedStrDeserializer::new(&entry.key);
        seed.deserialize(key).map(Some).map_err(|mut error: DeError| {
            error.0.place.get_or_insert_with(|| entry.place.clone());
            error
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DeError> {
        let value = self.value.take().expect("serde asks for a value after its key");
        seed.deserialize(value).map_err(|error| error.placed(value))
    }
}
