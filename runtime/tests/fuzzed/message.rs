// What must hold of whatever claims to be a message, headers or a body.

use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use lymph::codec::{self, Decode, Decoder, Encode};
use lymph::{Headers, Map, Message, Set, Value};
use uuid::Uuid;

/// The first byte says what the others are to be.
pub(crate) fn check(input: &[u8]) {
    match input {
        [0, bytes @ ..] => message(bytes),
        [1, bytes @ ..] => comes_back::<Headers>(bytes),
        [2, bytes @ ..] => typed(bytes),
        [3, bytes @ ..] => skipped(bytes),
        [_, bytes @ ..] => value(bytes),
        [] => {}
    }
}

/// Frames behind their lengths.
fn message(mut bytes: &[u8]) {
    let mut frames = Vec::new();
    while let [length, rest @ ..] = bytes {
        let (frame, rest) = rest.split_at(rest.len().min((*length).into()));
        frames.push(Bytes::copy_from_slice(frame));
        bytes = rest;
    }
    if let Ok(message) = Message::from_frames(&frames) {
        let headers = codec::to_bytes(&message.headers);
        let view = message.view(&headers);
        assert_eq!((view.id, view.subject), (&frames[0][..], &frames[2][..]));
        assert_eq!((view.kind.as_str().as_bytes(), view.body), (&frames[1][..], &frames[4][..]));
    }
}

/// What was read is written in one way, and read again as the same.
fn comes_back<T: Decode + Encode>(bytes: &[u8]) {
    let Ok(value) = codec::from_bytes::<T>(bytes) else { return };
    // Maps that look like tagged values are never sent.
    let Ok(once) = codec::to_safe_bytes(&value) else { return };
    let again = codec::from_bytes::<T>(&once).expect("what we write can be read");
    assert_eq!(codec::to_bytes(&again), once);
}

fn value(bytes: &[u8]) {
    comes_back::<Value>(bytes);
    if let Ok(value) = codec::from_bytes::<Value>(bytes) {
        _ = (value.to_string(), value.has_foreign_type(), value.decode_as::<Headers>());
    }
}

fn typed(bytes: &[u8]) {
    comes_back::<Map<String, Vec<i64>>>(bytes);
    comes_back::<Map<Uuid, Option<Bytes>>>(bytes);
    comes_back::<Set<u8>>(bytes);
    comes_back::<Vec<Option<f32>>>(bytes);
    comes_back::<Vec<Box<Vec<String>>>>(bytes);
    comes_back::<DateTime<FixedOffset>>(bytes);
    comes_back::<Vec<NaiveDate>>(bytes);
    comes_back::<Vec<NaiveTime>>(bytes);
    comes_back::<Vec<bool>>(bytes);
}

/// What is passed over is as long as what is read.
fn skipped(bytes: &[u8]) {
    let mut decoder = Decoder::new(bytes);
    let is_skipped = decoder.skip().is_ok() && decoder.finish().is_ok();
    let mut decoder = Decoder::new(bytes);
    let raw = decoder.raw().ok().filter(|raw| raw.len() == bytes.len());
    assert_eq!(raw.is_some(), is_skipped);
    if codec::from_bytes::<Value>(bytes).is_ok() {
        assert!(is_skipped, "it can be read but not passed over");
    }
}
