//! What readers accept, what they refuse and how they say so.

use std::time::Duration;

use bytes::Bytes;
use lymph::codec::{Decode, DecodeError, Decoder, Encoder, MAX_DYNAMIC_VALUES, from_bytes, to_bytes};
use lymph::types::{DateTime, Decimal, Map, Set, Time};
use lymph::{Encode, Value};

/// The bytes of a document that `write` writes.
fn document(write: impl FnOnce(&mut Encoder)) -> Bytes {
    let mut encoder = Encoder::new();
    write(&mut encoder);
    encoder.finish()
}

fn tagged(name: &str, text: &str) -> Bytes {
    document(|encoder| encoder.tagged(name, |encoder| encoder.str(text)))
}

/// `{"_": V, "__type__": T}`: the order in which Python never writes them, but others may.
fn swapped(name: &str, write: impl FnOnce(&mut Encoder)) -> Bytes {
    document(|encoder| {
        encoder.map(2);
        encoder.str("_");
        write(encoder);
        encoder.field("__type__", name);
    })
}

fn embedded(inner: &[u8]) -> Vec<u8> {
    let len = u32::try_from(inner.len()).unwrap();
    [&[0xc9][..], &len.to_be_bytes(), &[101], inner].concat()
}

#[track_caller]
fn refused<T: Decode + std::fmt::Debug>(bytes: &[u8], message: &str) {
    assert_eq!(from_bytes::<T>(bytes).unwrap_err().to_string(), message);
}

/// As generated code reads a struct.
#[derive(Debug, PartialEq)]
struct Item {
    name: String,
    count: Option<u8>,
}

impl Decode for Item {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let (mut name, mut count) = (None, None);
        let mut fields = decoder.fields()?;
        while let Some(field) = fields.next(decoder)? {
            match field {
                "name" => name = Some(decoder.field("name")?),
                "count" => count = decoder.field("count")?,
                _ => decoder.skip()?,
            }
        }
        Ok(Self { name: name.ok_or_else(|| DecodeError::missing("name"))?, count })
    }
}

#[test]
fn integers_are_read_by_value() {
    for bytes in [&[7][..], &[0xcc, 7], &[0xcd, 0, 7], &[0xd1, 0, 7], &[0xd3, 0, 0, 0, 0, 0, 0, 0, 7]] {
        assert_eq!(from_bytes::<u8>(bytes), Ok(7));
        assert_eq!(from_bytes::<i8>(bytes), Ok(7));
    }
    refused::<i8>(&to_bytes(&128), "128 is out of range for i8");
    refused::<u64>(&to_bytes(&-1), "-1 is out of range for u64");
    refused::<i64>(&to_bytes(&u64::MAX), "18446744073709551615 is out of range for i64");
    refused::<u8>(&to_bytes(&1.0), "expected an integer, found a float");
}

#[test]
fn integers_are_written_as_small_as_they_are() {
    for (value, len) in [
        (0_i64, 1),
        (127, 1),
        (128, 2),
        (255, 2),
        (256, 3),
        (65_536, 5),
        (1 << 32, 9),
        (-32, 1),
        (-33, 2),
        (-128, 2),
        (-129, 3),
        (-32_769, 5),
        (i64::MIN, 9),
    ] {
        let bytes = to_bytes(&value);
        assert_eq!((bytes.len(), from_bytes(&bytes)), (len, Ok(value)));
    }
}

#[test]
fn floats_are_read_from_both_widths_and_from_integers_that_fit() {
    assert_eq!(from_bytes::<f64>(&to_bytes(&1.5_f32)), Ok(1.5));
    assert_eq!(from_bytes::<f64>(&to_bytes(&-3)), Ok(-3.0));
    assert_eq!(from_bytes::<f32>(&to_bytes(&0.1_f64)), Ok(0.1));
    assert_eq!(from_bytes::<f32>(&to_bytes(&f64::INFINITY)), Ok(f32::INFINITY));
    refused::<f32>(&to_bytes(&1e40), "1e40 is out of range for f32");
    refused::<f32>(&to_bytes(&16_777_217), "16777217.0 is out of range for f32");
    refused::<f64>(&to_bytes(&((1_i64 << 53) + 1)), "9007199254740993 has no exact float");
}

#[test]
fn sets_and_lists_are_read_as_each_other() {
    let list = to_bytes(&vec![1, 2, 2]);
    let set = Set::<u8>::from_iter([2, 1]);
    assert_eq!(
        from_bytes::<Set<u8>>(&list).unwrap().as_slice(),
        [1, 2].into_iter().collect::<Set<u8>>().as_slice()
    );
    assert_eq!(from_bytes::<Vec<u8>>(&to_bytes(&set)).unwrap(), [2, 1]);
    assert_eq!(
        from_bytes::<Vec<u8>>(&swapped("set", |e| set.as_slice().iter().collect::<Vec<_>>().encode(e))),
        Ok(vec![2, 1])
    );
    refused::<Vec<u8>>(&tagged("date", "2015-07-18"), "expected a list, found a map");
}

#[test]
fn nested_values_before_their_type_are_read() {
    let inner = swapped("set", |encoder| vec!["a"].encode(encoder));
    let outer = swapped("set", |encoder| {
        encoder.array(2);
        encoder.raw(&inner);
        encoder.raw(&inner);
    });
    let both = document(|encoder| {
        encoder.array(2);
        encoder.raw(&outer);
        encoder.raw(&outer);
    });
    let lists: Vec<Vec<Vec<String>>> = from_bytes(&both).unwrap();
    assert_eq!(lists, vec![vec![vec!["a".to_owned()]; 2]; 2]);
    assert_eq!(
        from_bytes::<Value>(&both).unwrap().to_string(),
        r#"[set[set["a"], set["a"]], set[set["a"], set["a"]]]"#
    );
}

#[test]
fn structs_skip_what_they_do_not_know() {
    let bytes = document(|encoder| {
        encoder.map(4);
        encoder.field("later", &vec![vec![1]]);
        encoder.field("name", "Joe");
        encoder.int(7);
        encoder.nil();
        encoder.optional("count", &Some(3_u8));
    });
    assert_eq!(from_bytes(&bytes), Ok(Item { name: "Joe".to_owned(), count: Some(3) }));
    refused::<Item>(&to_bytes(&Map::<String, u8>::new()), "`name` is missing");
}

#[test]
fn errors_say_where() {
    let body =
        Map::from_iter([("items", vec![Map::from_iter([("name", "a")]), Map::from_iter([("nam", "b")])])]);
    let error = from_bytes::<Map<String, Vec<Item>>>(&to_bytes(&body)).unwrap_err();
    assert_eq!(error.at("body").to_string(), "`body.items[1].name` is missing");
    assert_eq!(DecodeError::unknown_variant("Side", "up\n").to_string(), "`up\\n` is no variant of `Side`");
}

#[test]
fn embedded_documents_are_limited_to_their_bytes() {
    let list = to_bytes(&vec![1, 2]);
    let twice = embedded(&embedded(&list));
    assert_eq!(from_bytes::<Vec<u8>>(&twice), Ok(vec![1, 2]));
    assert_eq!(
        from_bytes::<Vec<Option<Vec<u8>>>>(&[&[0x92][..], &twice, &embedded(&[0xc0])].concat()),
        Ok(vec![Some(vec![1, 2]), None])
    );
    assert_eq!(from_bytes::<Value>(&twice).unwrap().to_string(), "[1, 2]");
    assert_eq!(from_bytes::<()>(&twice), Ok(()));
    refused::<u8>(&embedded(&[1, 2]), "bytes behind the end of an embedded document");
    refused::<Vec<u8>>(&[embedded(&[0x92, 1]), vec![2]].concat(), "2 values promised in 1 bytes");
}

#[test]
fn moments_are_read_in_every_form_of_iso_8601() {
    for (text, rfc3339) in [
        ("2015-07-18T11:17:34", "2015-07-18T11:17:34Z"),
        ("2015-07-18T11:17:34Z", "2015-07-18T11:17:34Z"),
        ("2015-07-18 11:17:34.25-0530", "2015-07-18T11:17:34.25-05:30"),
        ("2015-07-18T11:17+02:00", "2015-07-18T11:17:00+02:00"),
        ("2015-07-18T11:17:34.123456789012+02", "2015-07-18T11:17:34.123456789+02:00"),
        ("2015-07-18", "2015-07-18T00:00:00Z"),
    ] {
        let moment = DateTime::parse_from_rfc3339(rfc3339).unwrap();
        assert_eq!(from_bytes::<DateTime>(&tagged("datetime", text)), Ok(moment), "{text}");
    }
    for text in [
        "",
        "2015-13-01T00:00:00",
        "2015-07-18T24:00:00",
        "2015-07-18T11:17:34+25:00",
        "2015-07-18T11:17:34Zz",
    ] {
        refused::<DateTime>(&tagged("datetime", text), &format!("`{text}` is not a datetime"));
    }
    refused::<DateTime>(&to_bytes("2015"), "expected a datetime, found a string");
    refused::<DateTime>(&tagged("date", "2015-07-18"), "expected a datetime, found a tagged `date`");
}

#[test]
fn moments_keep_their_fraction_and_times_do_not() {
    let moment = DateTime::parse_from_rfc3339("2015-07-18T11:17:34.5-00:30").unwrap();
    assert_eq!(to_bytes(&moment), tagged("datetime", "2015-07-18T11:17:34.500000-0030"));
    let time = Time::from_hms_milli_opt(1, 2, 3, 900).unwrap();
    assert_eq!(to_bytes(&time), tagged("time", "01:02:03Z"));
    assert_eq!(from_bytes::<Time>(&tagged("time", "01:02:03.9")), Ok(time));
}

#[test]
fn decimals_are_read_in_scientific_form_too() {
    assert_eq!(from_bytes::<Decimal>(&tagged("Decimal", "1E+3")), Ok(Decimal::from(1000)));
    refused::<Decimal>(&tagged("Decimal", "NaN"), "`NaN` is not a decimal of 28 digits");
    assert_eq!(
        from_bytes::<Value>(&tagged("Decimal", "-Infinity")),
        Ok(Value::Decimal("-Infinity".to_owned()))
    );
    refused::<Value>(&tagged("Decimal", "1E"), "`1E` is not a decimal");
}

#[test]
fn durations_are_microseconds() {
    assert_eq!(to_bytes(&Duration::from_millis(1)), to_bytes(&1000));
    assert_eq!(from_bytes(&to_bytes(&1000)), Ok(Duration::from_millis(1)));
    refused::<Duration>(&to_bytes(&-1), "-1 is out of range for a duration");
}

#[test]
fn nothing_takes_anything() {
    assert_eq!(from_bytes::<()>(&to_bytes(&vec![1])), Ok(()));
    assert_eq!(to_bytes(&()), [0xc0].as_slice());
}

#[test]
fn unknown_tags_stay_maps_and_are_told() {
    let foreign = from_bytes::<Value>(&tagged("Money", "1")).unwrap();
    assert_eq!(foreign.to_string(), r#"{"__type__": "Money", "_": "1"}"#);
    assert!(foreign.has_foreign_type());
    assert!(!Value::from_iter([("__type__", "")]).has_foreign_type());
    assert!(!from_bytes::<Value>(&tagged("UndefinedType", "")).unwrap().has_foreign_type());
}

#[test]
fn json_can_hold_everything() {
    let json = serde_json::json!({"id": {"__type__": "UUID", "_": "12345678-1234-5678-1234-567812345678"}});
    let value = Value::from(json);
    assert!(value.get("id").and_then(Value::as_uuid).is_some());
    assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"id":"12345678-1234-5678-1234-567812345678"}"#);
    assert_eq!(
        serde_json::to_string(&Value::Map(vec![(Value::Int(1), Value::Bytes(b"lymph".to_vec()))])).unwrap(),
        r#"{"1":"bHltcGg="}"#
    );
}

#[test]
fn documents_end_where_they_end() {
    refused::<u8>(&[1, 2], "1 bytes behind the end of the document");
    refused::<u8>(&[], "the bytes end before the value does");
    refused::<String>(&[0xa2, b'a'], "the bytes end before the value does");
    refused::<String>(&[0xa1, 0xff], "a string that is not UTF-8");
    refused::<Value>(&[0xc1], "a byte that MessagePack does not use");
}

#[test]
fn promises_are_not_believed() {
    refused::<Vec<u64>>(&[0xdd, 0xff, 0xff, 0xff, 0xff, 1], "4294967295 values promised in 1 bytes");
    refused::<Value>(&[0xdf, 0xff, 0xff, 0xff, 0xff, 1], "8589934590 values promised in 1 bytes");
    refused::<Bytes>(&[0xc6, 0xff, 0xff, 0xff, 0xff, 1], "the bytes end before the value does");
}

#[test]
fn a_mebibyte_of_nils_is_refused_before_it_takes_memory() {
    assert_eq!(size_of::<Value>(), 32);
    let nils = |count: u32| [&[0xdd][..], &count.to_be_bytes(), &vec![0xc0; count as usize]].concat();
    refused::<Value>(&nils(1 << 20), "more than 524288 dynamic values");
    let most = u32::try_from(MAX_DYNAMIC_VALUES).unwrap() - 1;
    assert!(from_bytes::<Value>(&nils(most)).is_ok());
    refused::<Vec<Value>>(&nils(most + 2), "`[524288]`: more than 524288 dynamic values");
}

#[test]
fn depth_is_limited_without_overflowing_the_stack() {
    let work = || {
        for (open, limit) in [(&[0x91][..], 128), (&[0x81, 0xa0], 128)] {
            let fits = [open.repeat(limit), vec![0xc0]].concat();
            assert!(from_bytes::<Value>(&fits).is_ok());
            let deep = [open.repeat(limit + 1), vec![0xc0]].concat();
            let error = from_bytes::<Value>(&deep).unwrap_err().to_string();
            assert!(error.ends_with("nested more than 128 deep"), "{error}");
            assert_eq!(from_bytes::<()>(&[open.repeat(1 << 20), vec![0xc0]].concat()), Ok(()));
        }
        let mut document = vec![0xc0];
        for _ in 0..129 {
            document = embedded(&document);
        }
        refused::<Value>(&document, "nested more than 128 deep");
        refused::<Option<u8>>(&document, "nested more than 128 deep");
    };
    // As small as the stacks of tokio's threads.
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

/// Contains itself as deep as the document goes.
#[derive(Debug)]
struct Nested(#[expect(dead_code)] Vec<Nested>);

impl Decode for Nested {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Decode::decode(decoder).map(Self)
    }
}

#[test]
fn looking_ahead_takes_linear_time() {
    let wide = document(|encoder| {
        encoder.array(500_000);
        encoder.raw(&[0x90; 500_000]);
    });
    let mut nested = wide.clone();
    for _ in 0..30 {
        nested = swapped("set", |encoder| {
            encoder.array(1);
            encoder.raw(&nested);
        });
    }
    assert!(from_bytes::<Nested>(&wide).is_ok());
    let error = from_bytes::<Nested>(&nested).unwrap_err().to_string();
    assert!(error.ends_with("too many tagged values that stand before their type"), "{error}");
}
