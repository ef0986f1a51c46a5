//! The Rust types of the schema language's types, under the names that generated code uses.

/// `datetime`: a moment with the offset it was written in.
pub type DateTime = chrono::DateTime<chrono::FixedOffset>;
/// `date`.
pub type Date = chrono::NaiveDate;
/// `time`: a time of day; travels in whole seconds.
pub type Time = chrono::NaiveTime;
/// `duration`: travels in whole microseconds.
pub type Duration = std::time::Duration;
/// `decimal`.
pub type Decimal = rust_decimal::Decimal;
/// `uuid`.
pub type Uuid = uuid::Uuid;
/// `bytes`: cheap to clone.
pub type Bytes = bytes::Bytes;
/// `set<T>`: in the order in which its members came.
pub type Set<T> = indexmap::IndexSet<T>;
/// `map<K, V>`: in the order in which its keys came.
pub type Map<K, V> = indexmap::IndexMap<K, V>;
