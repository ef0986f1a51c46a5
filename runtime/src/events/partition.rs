//! Which partition keeps an event in order with the others of its key.

use std::fmt::Write as _;

use chrono::{NaiveDateTime, Timelike as _};
use md5::{Digest, Md5};

use crate::codec::Decoder;
use crate::{Decode, DecodeError, Value};

/// `md5(str(key)) % partitions`, with the key's text as Python writes it, so that a key's events
/// meet whoever computes it. An event without the key counts as one whose key is `None`: its
/// handler refuses it, and in order.
pub(crate) fn partition_of(body: &[u8], key: &str, partitions: u16) -> u16 {
    let value = value_of(body, key).ok().flatten().unwrap_or(Value::Nil);
    let digest = u128::from_be_bytes(Md5::digest(python_str(&value)).into());
    (digest % u128::from(partitions.max(1))) as u16
}

fn value_of(body: &[u8], key: &str) -> Result<Option<Value>, DecodeError> {
    let mut decoder = Decoder::new(body);
    let mut fields = decoder.fields()?;
    let mut found = None;
    while let Some(name) = fields.next(&mut decoder)? {
        if name == key {
            found = Some(Value::decode(&mut decoder)?);
        } else {
            decoder.skip()?;
        }
    }
    Ok(found)
}

/// What Python's `str` gives for what our codec reads. Containers make no sense as keys; they get
/// a text of our own.
fn python_str(value: &Value) -> String {
    match value {
        Value::Nil => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) | Value::Decimal(text) => text.clone(),
        Value::Float(number) => python_float(*number),
        Value::Bytes(bytes) => python_bytes(bytes),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Uuid(uuid) => uuid.to_string(),
        Value::Date(date) => date.to_string(),
        Value::NaiveDateTime(moment) => python_moment(*moment),
        Value::DateTime(moment) => python_moment(moment.naive_local()) + &moment.format("%:z").to_string(),
        other => other.to_string(),
    }
}

/// The shortest digits that read back, in exponents below 1e-4 and from 1e16 on.
fn python_float(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string().to_lowercase();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>().unwrap_or(0) {
        -4..16 => format!("{number:?}"),
        exponent => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
    }
}

fn python_moment(moment: NaiveDateTime) -> String {
    let format = if moment.nanosecond() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.6f" };
    moment.format(format).to_string()
}

fn python_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut text = format!("b{}", char::from(quote));
    for byte in bytes {
        match byte {
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\\' => text.push_str("\\\\"),
            byte if *byte == quote => text.extend(['\\', char::from(quote)]),
            0x20..0x7f => text.push(char::from(*byte)),
            byte => write!(text, "\\x{byte:02x}").expect("a String takes everything"),
        }
    }
    text.push(char::from(quote));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::to_bytes;

    fn body(key: impl Into<Value>) -> bytes::Bytes {
        to_bytes(&Value::Map(vec![("other".into(), Value::Nil), ("user".into(), key.into())]))
    }

    #[test]
    fn as_python_computes_it() {
        // int(hashlib.md5(str(key).encode()).hexdigest(), 16) % 12, by Python 3.11
        assert_eq!(partition_of(&body("Joe"), "user", 12), 6);
        assert_eq!(partition_of(&body("Zoë"), "user", 12), 0);
        assert_eq!(partition_of(&body(42), "user", 12), 10);
        assert_eq!(partition_of(&body(-7), "user", 12), 1);
        assert_eq!(partition_of(&body(1.5), "user", 12), 10);
        assert_eq!(partition_of(&body(true), "user", 12), 4);
        assert_eq!(partition_of(&body(Value::Nil), "user", 12), 4);
    }

    #[test]
    fn texts_are_pythons() {
        let check = |value: Value, expected: &str| assert_eq!(python_str(&value), expected);
        check(Value::Float(1.0), "1.0");
        check(Value::Float(-0.0), "-0.0");
        check(Value::Float(0.1), "0.1");
        check(Value::Float(0.0001), "0.0001");
        check(Value::Float(0.00005), "5e-05");
        check(Value::Float(1.5e-300), "1.5e-300");
        check(Value::Float(1e15), "1000000000000000.0");
        check(Value::Float(1e16), "1e+16");
        check(Value::Float(1.2345e22), "1.2345e+22");
        check(Value::Float(f64::NAN), "nan");
        check(Value::Float(f64::NEG_INFINITY), "-inf");
        check(Value::Bytes(b"it's\x00\n".to_vec()), r#"b"it's\x00\n""#);
        check(Value::Bytes(b"'\"\\".to_vec()), r#"b'\'"\\'"#);
        check(Value::Bool(true), "True");
        check(Value::Uuid(uuid::Uuid::nil()), "00000000-0000-0000-0000-000000000000");
        let day = chrono::NaiveDate::from_ymd_opt(2015, 7, 18).expect("a day");
        let moment = day.and_hms_opt(11, 17, 34).expect("a moment");
        check(Value::NaiveDateTime(moment), "2015-07-18 11:17:34");
        check(Value::DateTime(moment.and_utc().fixed_offset()), "2015-07-18 11:17:34+00:00");
        check(Value::Date(day), "2015-07-18");
    }

    #[test]
    fn a_body_without_the_key_has_a_place_too() {
        let place = partition_of(&body(Value::Nil), "user", 12);
        assert_eq!(partition_of(&body(1), "missing", 12), place);
        assert_eq!(partition_of(b"\xc1", "user", 12), place);
        assert_eq!(partition_of(&body(1), "user", 0), 0);
    }
}
