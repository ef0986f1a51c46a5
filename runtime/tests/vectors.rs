//! Bytes that Python lymph 0.15 produced: read, and written again byte for byte.

use std::sync::Arc;

use bytes::Bytes;
use lymph::codec::{Bin, from_bytes, to_bytes};
use lymph::registry::Instance;
use lymph::types::{Date, DateTime, Decimal, Set, Time, Uuid};
use lymph::{Endpoint, Message, MessageType, Value};
use serde_json::Value as Json;

fn vectors() -> Json {
    serde_json::from_str(include_str!("../../tests/wire/vectors.json")).unwrap()
}

fn hex(json: &Json) -> Bytes {
    let text = json.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn value(name: &str) -> Bytes {
    let vectors = vectors();
    let mut values = vectors["values"].as_array().unwrap().iter();
    hex(&values.find(|vector| vector["name"] == name).unwrap()["msgpack_hex"])
}

#[test]
fn dynamic_values_come_out_as_they_came_in() {
    for vector in vectors()["values"].as_array().unwrap() {
        let name = vector["name"].as_str().unwrap();
        let bytes = hex(&vector["msgpack_hex"]);
        let value: Value = from_bytes(&bytes).unwrap();
        let expected = match name {
            "embedded_msgpack" => Bytes::from_static(b"\x81\xa1k\x01"),
            _ => bytes,
        };
        assert_eq!(to_bytes(&value), expected, "{name}: {value}");
    }
}

#[test]
fn dynamic_values_keep_their_types() {
    let shown: Vec<String> = ["u64_max", "bytes", "datetime_naive", "datetime_offset", "nested_types", "set"]
        .iter()
        .map(|name| from_bytes::<Value>(&value(name)).unwrap().to_string())
        .collect();
    assert_eq!(
        shown,
        [
            "18446744073709551615",
            "bytes(AP8Q)",
            "datetime(2015-07-18T11:17:34)",
            "datetime(2015-07-18T11:17:34+0530)",
            r#"{"at": date(2015-07-18), "ids": [uuid(00000000-0000-0000-0000-000000000001)], "price": decimal(1E+3)}"#,
            "set[3]",
        ]
    );
}

/// Reads `name` as a `T` and compares what is written with what was read.
fn check<T>(name: &str, expected: T)
where
    T: lymph::Decode + lymph::Encode + PartialEq + std::fmt::Debug,
{
    let bytes = value(name);
    assert_eq!(from_bytes::<T>(&bytes).unwrap(), expected, "{name}");
    assert_eq!(to_bytes(&expected), bytes, "{name}");
}

#[test]
fn typed_values_come_out_as_they_came_in() {
    check("true", true);
    check("int", 42_u8);
    check("negative", -7_i32);
    check("i64_max", i64::MAX);
    check("u64_max", u64::MAX);
    check("float", 1.5_f64);
    check("string", "Zoë 🦀".to_owned());
    check("bytes", Bytes::from_static(b"\x00\xff\x10"));
    check("nil", None::<u8>);
    check("set", Set::<u8>::from_iter([3]));
    check("datetime_utc", DateTime::parse_from_rfc3339("2015-07-18T11:17:34Z").unwrap());
    check("datetime_offset", DateTime::parse_from_rfc3339("2015-07-18T11:17:34+05:30").unwrap());
    check("date", Date::from_ymd_opt(2015, 7, 18).unwrap());
    check("time", Time::from_hms_opt(11, 17, 34).unwrap());
    check("decimal", Decimal::from_str_exact("12.3400").unwrap());
    check("uuid", Uuid::from_u128(0x12345678_1234_5678_1234_567812345678));
    check("empty_map", lymph::Map::<String, u8>::new());
    assert_eq!(to_bytes(&Bin::from(b"\x00\xff\x10")), value("bytes"));
}

#[test]
fn embedded_documents_are_read_as_if_in_line() {
    let map: lymph::Map<String, u8> = from_bytes(&value("embedded_msgpack")).unwrap();
    assert_eq!(map["k"], 1);
}

#[test]
fn frames_come_out_as_they_came_in() {
    for vector in vectors()["rpc_frames"].as_array().unwrap() {
        let frames: Vec<Bytes> = vector["frames_hex"].as_array().unwrap().iter().map(hex).collect();
        let message = Message::from_frames(&frames).unwrap();
        let headers = to_bytes(&message.headers);
        assert_eq!(message.view(&headers).frames().as_slice(), frames, "{}", vector["name"]);
    }
}

#[test]
fn a_request_is_written_as_python_writes_it() {
    let mut headers = lymph::Headers::new();
    headers.insert("trace_id", "04dc39a5a1a44c809ec31a2dfde62f71");
    headers.insert("version", Value::Nil);
    let message = Message {
        id: Arc::from("00112233445566778899aabbccddeeff"),
        kind: MessageType::Req,
        subject: Arc::from("Greeting.greet"),
        headers,
        body: to_bytes(&lymph::Map::from_iter([("name", "Joe")])),
    };
    let expected: Vec<Bytes> =
        vectors()["rpc_frames"][0]["frames_hex"].as_array().unwrap().iter().map(hex).collect();
    let headers = to_bytes(&message.headers);
    assert_eq!(message.view(&headers).frames()[1..], expected[1..]);
}

#[test]
fn events_come_out_as_they_came_in() {
    for name in ["event", "task_event"] {
        let bytes = hex(&vectors()[name]["body_hex"]);
        let event: Value = from_bytes(&bytes).unwrap();
        assert_eq!(event.get("type").and_then(Value::as_str), vectors()[name]["routing_key"].as_str());
        assert_eq!(to_bytes(&event), bytes, "{name}");
    }
}

#[test]
fn instances_get_the_ids_that_python_would_give_them() {
    for vector in vectors()["identity"].as_array().unwrap() {
        let endpoint = Endpoint::new(vector["endpoint"].as_str().unwrap());
        for expected in vector["instances"].as_array().unwrap() {
            let version = expected["version"].as_str().map(|text| text.parse().unwrap());
            let instance = Instance::new(expected["interface"].as_str().unwrap(), version, &endpoint);
            assert_eq!(instance.identity, vector["identity"].as_str().unwrap());
            assert_eq!(instance.id, expected["id"].as_str().unwrap());
        }
    }
}
