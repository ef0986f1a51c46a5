//! Whatever is written is read again, and nothing that is read does harm.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use lymph::codec::{from_bytes, to_bytes};
use lymph::types::{Date, DateTime as Moment, Decimal, Map, Set, Time, Uuid};
use lymph::{Message, Value};
use proptest::prelude::*;

fn naive() -> impl Strategy<Value = NaiveDateTime> {
    let range = -60_000_000_000_i64..200_000_000_000;
    (range, prop_oneof![Just(0), 0..1_000_000_000_u32])
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap().naive_utc())
}

fn moment() -> impl Strategy<Value = Moment> {
    (naive(), -14 * 60..=14 * 60_i32).prop_map(|(naive, minutes)| {
        naive.and_utc().with_timezone(&FixedOffset::east_opt(minutes * 60).unwrap())
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        Just(Value::Undefined),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("equals itself", |float| !float.is_nan()).prop_map(Value::from),
        ".*".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        naive().prop_map(Value::NaiveDateTime),
        moment().prop_map(Value::DateTime),
        naive().prop_map(|naive| Value::Date(naive.date())),
        (0..86_400_u32).prop_map(|s| Value::Time(Time::from_num_seconds_from_midnight_opt(s, 0).unwrap())),
        "[+-]?[0-9]{1,40}(\\.[0-9]{0,5})?(E[+-]?[0-9]{1,4})?".prop_map(Value::Decimal),
        any::<u128>().prop_map(|bits| Value::Uuid(Uuid::from_u128(bits))),
        (
            any::<i8>().prop_filter("embedded documents are read in line", |kind| *kind != 101),
            prop::collection::vec(any::<u8>(), 0..20)
        )
            .prop_map(|(kind, data)| Value::Ext(kind, data)),
    ];
    leaf.prop_recursive(6, 200, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Value::List),
            prop::collection::vec(inner.clone(), 0..20).prop_map(Value::Set),
            prop::collection::vec((inner.clone(), inner), 0..20).prop_map(Value::Map),
        ]
    })
}

/// Bytes that are close to MessagePack: whole values, cut, with a byte changed or something behind.
fn nearly_msgpack() -> impl Strategy<Value = Vec<u8>> {
    (value(), any::<prop::sample::Index>(), any::<u8>(), 0..4_u8).prop_map(|(value, at, byte, change)| {
        let mut bytes = to_bytes(&value).to_vec();
        let at = at.index(bytes.len());
        match change {
            0 => bytes.truncate(at),
            1 => bytes[at] = byte,
            2 => bytes.insert(at, byte),
            _ => bytes.push(byte),
        }
        bytes
    })
}

fn read_as_everything(bytes: &[u8]) {
    if let Ok(value) = from_bytes::<Value>(bytes) {
        let again = to_bytes(&value);
        assert_eq!(to_bytes(&from_bytes::<Value>(&again).unwrap()), again);
        let _ = (value.to_string(), serde_json::to_string(&value));
    }
    let _ = from_bytes::<()>(bytes);
    let _ = from_bytes::<lymph::Headers>(bytes);
    let _ = from_bytes::<Vec<Option<String>>>(bytes);
    let _ = from_bytes::<Map<String, Value>>(bytes);
    let _ = from_bytes::<Set<i64>>(bytes);
    let _ = from_bytes::<Vec<f32>>(bytes);
    let _ = (from_bytes::<Moment>(bytes), from_bytes::<Date>(bytes), from_bytes::<Time>(bytes));
    let _ = (from_bytes::<Decimal>(bytes), from_bytes::<Uuid>(bytes));
}

proptest! {
    #[test]
    fn any_value_is_read_as_it_was_written(value in value()) {
        let bytes = to_bytes(&value);
        prop_assert_eq!(from_bytes::<Value>(&bytes).unwrap(), value);
        prop_assert_eq!(from_bytes::<()>(&bytes), Ok(()));
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn damaged_values_do_no_harm(bytes in nearly_msgpack()) {
        read_as_everything(&bytes);
    }

    #[test]
    fn arbitrary_texts_of_tagged_types_do_no_harm(
        name in "datetime|date|time|Decimal|UUID|set|UndefinedType",
        text in "[-+0-9TZ:. eE]{0,30}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,12})?[-+]\\d{4}",
    ) {
        read_as_everything(&to_bytes(&Map::from_iter([("__type__", &name), ("_", &text)])));
    }

    #[test]
    fn arbitrary_frames_do_no_harm(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..7)) {
        let frames: Vec<bytes::Bytes> = frames.into_iter().map(Into::into).collect();
        let _ = Message::from_frames(&frames);
    }
}
