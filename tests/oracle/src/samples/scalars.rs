//! Values of the built-in types.

use lymph::Value;
use lymph_idl::model::{Constraints, Scalar};

use crate::constraints::is_allowed;
use crate::hints::Hints;

/// Among these are some for every pattern that the cases use.
const TEXTS: &[&str] = &[
    "text",
    "",
    "a",
    "A",
    "7",
    "12",
    "a1",
    "A-1",
    "ABC",
    "abc-def",
    "Zoë ☃",
    "two words",
    "true",
    "2024-02-29",
    "0190f5ea-6c1e-7c3a-9d43-4a5b6c7d8e9f",
];

const FLOATS: &[f64] = &[
    1.5,
    0.0,
    -0.0,
    0.1,
    -2.0,
    3.0,
    1e-300,
    1e300,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// All that stand for a scalar, within constraints.
pub(super) fn of(scalar: Scalar, constraints: &[&Constraints], hints: &Hints) -> Vec<Value> {
    let mut values = match scalar {
        Scalar::Bool => vec![true.into(), false.into()],
        Scalar::I8
        | Scalar::I16
        | Scalar::I32
        | Scalar::I64
        | Scalar::U8
        | Scalar::U16
        | Scalar::U32
        | Scalar::U64 => {
            let (min, max) = scalar.int_range().expect("it is an integer");
            integers(hints, min, max)
        }
        Scalar::Duration => integers(hints, 0, u64::MAX.into()),
        Scalar::F32 => floats(hints).map(|float| Value::from(float as f32)).collect(),
        Scalar::F64 => floats(hints).map(Value::from).collect(),
        Scalar::String => strings(hints),
        Scalar::Bytes => bytes(hints),
        Scalar::DateTime => {
            tagged("datetime", &["2024-02-29T12:30:00+0530", "1970-01-01T00:00:00.000001+0000"])
        }
        Scalar::Date => tagged("date", &["2024-02-29", "0001-01-01"]),
        Scalar::Time => tagged("time", &["12:30:00Z", "00:00:00Z"]),
        Scalar::Decimal => tagged("Decimal", &["12.3400", "0", "-79228162514264337593543950335"]),
        Scalar::Uuid => tagged("UUID", &["0190f5ea-6c1e-7c3a-9d43-4a5b6c7d8e9f"]),
        Scalar::Any => any(),
    };
    values.retain(|value| is_allowed(constraints, value));
    assert!(!values.is_empty(), "no sample of `{}` is within {constraints:?}: add one", scalar.name());
    values
}

fn integers(hints: &Hints, min: i128, max: i128) -> Vec<Value> {
    let inside = [1, 2].iter().chain(&hints.integers).filter(|it| (min..=max).contains(*it));
    let value = |it: &i128| match i64::try_from(*it) {
        Ok(it) => Value::Int(it),
        Err(_) => Value::UInt(u64::try_from(*it).expect("no type of integers goes further")),
    };
    inside.map(value).collect()
}

fn floats(hints: &Hints) -> impl Iterator<Item = f64> {
    let integers = hints.integers.iter().map(|it| *it as f64);
    FLOATS.iter().copied().chain(hints.floats.iter().copied()).chain(integers)
}

fn strings(hints: &Hints) -> Vec<Value> {
    let long =
        hints.lengths.iter().flat_map(|length| ["é", "a", "Z", "0"].map(|letter| letter.repeat(*length)));
    let texts = TEXTS.iter().map(|text| (*text).to_owned()).chain(hints.texts.iter().cloned());
    texts.chain(long).map(Value::from).collect()
}

fn bytes(hints: &Hints) -> Vec<Value> {
    let lengths = [3, 0].iter().chain(&hints.lengths);
    lengths.map(|length| Value::Bytes(vec![0xff; *length])).collect()
}

fn tagged(name: &str, texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| serde_json::json!({"__type__": name, "_": text}).into()).collect()
}

fn any() -> Vec<Value> {
    let json = serde_json::json!([
        {"key": [1, "two", null]}, null, true, 7, -1, 1.5, "text", "", [], {}, u64::MAX,
        {"__type__": "date", "_": "2024-02-29"}, {"__type__": "set", "_": [1]},
    ]);
    let Value::List(mut values) = json.into() else { unreachable!("an array becomes a list") };
    values.push(Value::Bytes(vec![0xff]));
    values
}
