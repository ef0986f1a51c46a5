//! The built-in types: their names, and which texts and numbers they hold.

mod texts;

use crate::model::Scalar;

/// Name and scalar, in the order of the language's table.
const SCALARS: &[(&str, Scalar)] = &[
    ("bool", Scalar::Bool),
    ("i8", Scalar::I8),
    ("i16", Scalar::I16),
    ("i32", Scalar::I32),
    ("i64", Scalar::I64),
    ("u8", Scalar::U8),
    ("u16", Scalar::U16),
    ("u32", Scalar::U32),
    ("u64", Scalar::U64),
    ("f32", Scalar::F32),
    ("f64", Scalar::F64),
    ("string", Scalar::String),
    ("bytes", Scalar::Bytes),
    ("datetime", Scalar::DateTime),
    ("date", Scalar::Date),
    ("time", Scalar::Time),
    ("duration", Scalar::Duration),
    ("decimal", Scalar::Decimal),
    ("uuid", Scalar::Uuid),
    ("any", Scalar::Any),
];

/// The type that tells left out, cleared and set apart.
pub(crate) const PATCH: &str = "patch";

/// Generic built-in types with what they take in angle brackets.
pub(crate) const GENERICS: &[(&str, usize)] = &[("list", 1), ("set", 1), ("map", 2), (PATCH, 1)];

/// All names that a declaration cannot take.
pub(crate) fn builtin_names() -> impl Iterator<Item = &'static str> {
    let generics = GENERICS.iter().map(|(name, _)| *name);
    SCALARS.iter().map(|(name, _)| *name).chain(generics)
}

/// What people coming from other languages mean.
pub(crate) fn foreign_name(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "str" | "text" | "varchar" => "string",
        "int" | "integer" | "long" | "int64" | "number" | "isize" => "i64",
        "int32" => "i32",
        "int16" | "short" => "i16",
        "int8" => "i8",
        "uint" | "uint64" | "usize" => "u64",
        "uint32" => "u32",
        "uint16" => "u16",
        "uint8" | "byte" => "u8",
        "float" | "double" | "float64" => "f64",
        "float32" => "f32",
        "boolean" => "bool",
        "timestamp" | "instant" | "datetimetz" => "datetime",
        "timedelta" | "interval" => "duration",
        "bigdecimal" | "numeric" | "money" => "decimal",
        "guid" => "uuid",
        "blob" | "binary" | "buffer" => "bytes",
        "object" | "value" | "dynamic" | "json" => "any",
        "array" | "vec" | "sequence" | "repeated" => "list<…>",
        "dict" | "hashmap" | "dictionary" => "map<…, …>",
        "hashset" => "set<…>",
        "option" | "optional" | "maybe" | "nullable" => "T?",
        _ => return None,
    })
}

impl Scalar {
    /// The scalar that a schema calls `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        SCALARS.iter().find(|(known, _)| *known == name).map(|(_, scalar)| *scalar)
    }

    /// What schemas call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        SCALARS.iter().find(|(_, scalar)| *scalar == self).map_or("any", |(name, _)| name)
    }

    /// Least and greatest value of an integer type; `None` for all others.
    #[must_use]
    pub fn int_range(self) -> Option<(i128, i128)> {
        Some(match self {
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
            Self::U8 => (0, u8::MAX.into()),
            Self::U16 => (0, u16::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::U64 => (0, u64::MAX.into()),
            _ => return None,
        })
    }

    /// Whether it is `f32` or `f64`.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Whether values can be elements of a set and keys of a map.
    #[must_use]
    pub fn is_hashable(self) -> bool {
        !self.is_float() && self != Self::Any
    }

    /// What a text must look like to be a value of this type; `None` if no text is one.
    pub(crate) fn text_form(self) -> Option<&'static str> {
        Some(match self {
            Self::String => "any text",
            Self::DateTime => "`\"2024-01-31T12:30:00+01:00\"`",
            Self::Date => "`\"2024-01-31\"`",
            Self::Time => "`\"12:30:00\"`",
            Self::Decimal => "`\"12.50\"`",
            Self::Uuid => "`\"0190f5ea-6c1e-7c3a-9d43-4a5b6c7d8e9f\"`",
            _ => return None,
        })
    }

    /// Whether `text` is a value of this type as a schema writes it.
    pub(crate) fn accepts_text(self, text: &str) -> bool {
        match self {
            Self::String => true,
            Self::DateTime => texts::is_datetime(text),
            Self::Date => texts::is_date(text),
            Self::Time => texts::is_time(text),
            Self::Decimal => texts::is_decimal(text),
            Self::Uuid => texts::is_uuid(text),
            _ => false,
        }
    }
}
