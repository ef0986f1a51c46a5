//! An event as it travels in AMQP: a map of type, headers, body and source.

use bytes::Bytes;

use crate::{DecodeError, Decoder, Encoder, Headers};

/// How often an event may still be tried, as Python's consumers write and read it.
pub(crate) const RETRY_COUNT: &str = "retry_count";

/// A body of AMQP, taken apart. The event's own body stays as it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) topic: String,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    pub(crate) source: Option<String>,
}

impl Envelope {
    /// In the order in which Python writes it.
    pub(crate) fn encode(&self) -> Bytes {
        let mut encoder = Encoder::new();
        encoder.map(4);
        encoder.field("type", &self.topic);
        encoder.field("headers", &self.headers);
        encoder.str("body");
        encoder.raw(&self.body);
        encoder.field("source", &self.source);
        encoder.finish()
    }

    /// Reads keys in any order and passes over those it does not know. What is missing is what
    /// Python takes for it: an empty body, no headers; the topic is then the routing key.
    pub(crate) fn decode(bytes: &Bytes, routing_key: &str) -> Result<Self, DecodeError> {
        let mut envelope = Self {
            topic: routing_key.to_owned(),
            headers: Headers::new(),
            body: Bytes::from_static(b"\x80"),
            source: None,
        };
        let mut decoder = Decoder::new(bytes);
        let mut fields = decoder.fields()?;
        while let Some(name) = fields.next(&mut decoder)? {
            match name {
                "type" => envelope.topic = decoder.field("type")?,
                "headers" => envelope.headers = decoder.field::<Option<_>>("headers")?.unwrap_or_default(),
                "body" => envelope.body = bytes.slice_ref(decoder.raw()?),
                "source" => envelope.source = decoder.field("source")?,
                _ => decoder.skip()?,
            }
        }
        decoder.finish()?;
        Ok(envelope)
    }

    /// Tries left, when somebody has tried already.
    pub(crate) fn tries_left(&self) -> Option<u32> {
        let count = self.headers.get(RETRY_COUNT)?.decode_as::<i64>().ok()?;
        Some(count.clamp(0, i64::from(u32::MAX)) as u32)
    }
}

/// The body of an event that was never tried.
pub(crate) fn encode(topic: &str, headers: &Headers, body: Bytes, source: &str) -> Bytes {
    let (topic, headers, source) = (topic.to_owned(), headers.clone(), Some(source.to_owned()));
    Envelope { topic, headers, body, source }.encode()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Value, codec};

    /// What Python lymph published, as `name` of the wire vectors.
    fn vector(name: &str) -> Bytes {
        let vectors = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/wire/vectors.json"));
        let vectors: serde_json::Value = serde_json::from_str(vectors).expect("JSON");
        let hex = vectors[name]["body_hex"].as_str().expect("text").as_bytes();
        let byte =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex");
        hex.chunks(2).map(byte).collect::<Vec<u8>>().into()
    }

    #[test]
    fn bytes_are_pythons() {
        for name in ["event", "task_event"] {
            let envelope = Envelope::decode(&vector(name), "").expect("readable");
            assert_eq!(envelope.encode(), vector(name), "{name}");
        }
        let greeted = Envelope::decode(&vector("event"), "").expect("readable");
        assert_eq!((&*greeted.topic, greeted.tries_left()), ("greeted", None));
        let body: Value = codec::from_bytes(&greeted.body).expect("readable");
        assert_eq!(body.get("name").and_then(Value::as_str), Some("Zoë"));
        let task = Envelope::decode(&vector("task_event"), "").expect("readable");
        assert_eq!(task.tries_left(), Some(2));
    }

    #[test]
    fn reads_what_others_leave_out() {
        let none = Envelope::decode(&Bytes::from_static(b"\x81\xa1x\x01"), "t").expect("readable");
        assert_eq!((&*none.topic, &*none.body, none.source), ("t", &b"\x80"[..], None));
        let nil = Bytes::from_static(b"\x82\xa7headers\xc0\xa6source\xc0");
        assert!(Envelope::decode(&nil, "t").expect("readable").headers.get(RETRY_COUNT).is_none());
        for bad in [&b""[..], b"\xc0", b"\x81", b"\x81\xa4type\x01", b"\x81\xa4body", b"\x80\x80"] {
            assert!(Envelope::decode(&Bytes::from_static(bad), "t").is_err(), "{bad:?}");
        }
    }
}
