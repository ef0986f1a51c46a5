//! What travels beside a body.

use indexmap::IndexMap;

use crate::codec::{DecodeError, Head, end_of_value, text_at};
use crate::{Decode, Decoder, Value};

/// Header names and values in the order they were set; unknown ones are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headers(IndexMap<String, Value>);

impl Headers {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value behind `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text behind `name`, when it is text.
    #[must_use]
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Sets `name`, replacing what stood there.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// Reads what can be read: a value that is none leaves its header out.
    pub(crate) fn read(raw: &[u8]) -> Self {
        let mut headers = Self::new();
        _ = each(raw, |name, value| {
            let name = std::str::from_utf8(name).ok();
            let value = Value::decode(&mut Decoder::new(value)).ok();
            if let Some((name, value)) = name.zip(value) {
                headers.insert(name, value);
            }
        });
        headers
    }

    /// All of them in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The headers that every request is looked at for, found in one pass and without memory.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// `trace_id`, when it is text.
    pub(crate) trace_id: Option<&'a [u8]>,
    /// The same as it stands there, whatever it is: answers repeat it.
    pub(crate) raw_trace_id: Option<&'a [u8]>,
    /// `version`, when it is text.
    pub(crate) version: Option<&'a [u8]>,
    /// `timeout_millis`, when it is a number.
    pub(crate) timeout_millis: Option<u64>,
    /// Whether it is there at all.
    pub(crate) has_timeout: bool,
}

impl<'a> Known<'a> {
    /// Looks through all of `raw`, of which names and the values it knows are read.
    pub(crate) fn read(raw: &'a [u8]) -> Result<Self, DecodeError> {
        if let Some(known) = Self::read_usual(raw) {
            return Ok(known);
        }
        let mut known = Self::default();
        each(raw, |name, value| match name {
            b"trace_id" => {
                known.raw_trace_id = Some(value);
                known.trace_id = text(value);
            }
            b"version" => known.version = text(value),
            b"timeout_millis" => {
                known.has_timeout = true;
                known.timeout_millis = match Head::read(value, 0) {
                    Ok((Head::UInt(millis), _)) => Some(millis),
                    Ok((Head::Int(millis), _)) => u64::try_from(millis).ok(),
                    _ => None,
                };
            }
            _ => {}
        })?;
        Ok(known)
    }

    /// What lymph itself sends when a call has no headers of its own, letter by letter; `None` when
    /// these are others.
    fn read_usual(raw: &'a [u8]) -> Option<Self> {
        let rest = raw.strip_prefix(b"\x83\xa8trace_id\xd9\x20")?;
        let (trace_id, rest) = rest.split_at_checked(32)?;
        let rest = rest.strip_prefix(b"\xa7version")?;
        let (version, rest) = match rest.split_first()? {
            (0xc0, rest) => (None, rest),
            (marker @ 0xa0..=0xbf, rest) => {
                let (version, rest) = rest.split_at_checked(usize::from(marker & 0x1f))?;
                (Some(version), rest)
            }
            _ => return None,
        };
        let rest = rest.strip_prefix(b"\xaetimeout_millis")?;
        let (Head::UInt(millis), end) = Head::read(rest, 0).ok()? else { return None };
        (end == rest.len()).then_some(Self {
            trace_id: Some(trace_id),
            raw_trace_id: Some(&raw[TRACE_ID]),
            version,
            timeout_millis: Some(millis),
            has_timeout: true,
        })
    }
}

/// Where the value of `trace_id` stands in usual headers.
const TRACE_ID: std::ops::Range<usize> = 10..44;

fn text(value: &[u8]) -> Option<&[u8]> {
    text_at(value, 0).map(|(text, _)| text)
}

/// Every entry of the map in `raw`, but for those whose key is no text.
fn each<'a>(raw: &'a [u8], mut entry: impl FnMut(&'a [u8], &'a [u8])) -> Result<(), DecodeError> {
    let (head, mut position) = Head::read(raw, 0)?;
    let Head::Map(entries) = head else { return Err(head.not("a map")) };
    for _ in 0..entries {
        if let Some((name, value)) = text_at(raw, position) {
            position = end_of_value(raw, value)?;
            entry(name, &raw[value..position]);
        } else {
            position = end_of_value(raw, end_of_value(raw, position)?)?;
        }
    }
    match raw.len() - position {
        0 => Ok(()),
        more => Err(DecodeError::new(format!("{more} bytes behind the end of the headers"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::to_bytes;

    #[test]
    fn what_is_known_is_found_among_the_rest() {
        let mut headers = Headers::new();
        headers.insert("mine", Value::from(serde_json::json!({"deep": [1, {"trace_id": "not this one"}]})));
        headers.insert("trace_id", "abc");
        headers.insert("timeout_millis", 70_000_u64);
        headers.insert("version", "1.2.0");
        let raw = to_bytes(&headers);
        let known = Known::read(&raw).expect("a map");
        assert_eq!((known.trace_id, known.version), (Some(&b"abc"[..]), Some(&b"1.2.0"[..])));
        assert_eq!((known.raw_trace_id, known.timeout_millis), (Some(&b"\xa3abc"[..]), Some(70_000)));
        assert_eq!(Headers::read(&raw), headers);
    }

    #[test]
    fn the_usual_ones_are_read_as_any_others() {
        let usual = |trace_id: &str, version: Option<&str>, millis: u64| {
            let mut headers = Headers::new();
            headers.insert("trace_id", trace_id);
            headers.insert("version", version.map(str::to_owned));
            headers.insert("timeout_millis", millis);
            to_bytes(&headers)
        };
        let trace_id = "0123456789abcdef0123456789abcdef";
        for (version, millis) in [(Some("1.2.0"), 2999), (None, 0), (Some(""), u64::MAX)] {
            let raw = usual(trace_id, version, millis);
            let known = Known::read_usual(&raw).expect("usual");
            assert_eq!(known.trace_id, Some(trace_id.as_bytes()));
            assert_eq!(text(known.raw_trace_id.expect("it is there")), known.trace_id);
            assert_eq!((known.version, known.timeout_millis), (version.map(str::as_bytes), Some(millis)));
            for cut in 0..raw.len() {
                assert!(Known::read_usual(&raw[..cut]).is_none(), "{cut} bytes");
            }
            assert!(Known::read_usual(&[&raw[..], b"\xc0"].concat()).is_none());
        }
        assert!(Known::read_usual(&usual("abc", None, 1)).is_none());
    }

    #[test]
    fn nil_is_not_text_and_answers_repeat_it() {
        let known = Known::read(b"\x82\xa8trace_id\xc0\xa7version\xc0").expect("a map");
        assert_eq!((known.trace_id, known.version, known.raw_trace_id), (None, None, Some(&b"\xc0"[..])));
        assert!(!known.has_timeout);
    }

    #[test]
    fn what_is_no_map_is_refused() {
        for raw in [
            &b""[..],
            b"\xc0",
            b"\x91\xc0",
            b"\x81\xa1a",
            b"\x80\xc0",
            b"\x82\xa1a\xc0",
            b"\xdf\xff\xff\xff\xff",
        ] {
            assert!(Known::read(raw).is_err(), "{raw:x?}");
        }
    }
}
