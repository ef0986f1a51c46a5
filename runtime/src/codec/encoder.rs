//! Writes MessagePack, each value in its smallest form: the bytes that Python's peers write.

use bytes::Bytes;

use super::document::SHARE_FROM;
use super::{Document, Encode, tagged};
use crate::Patch;

/// `__type__` as it is written.
const TYPE_KEY_BYTES: &[u8; 9] = b"\xa8__type__";

/// A map with the key `__type__`, which marks the wire's own types: reading it would leave a Python
/// instance deaf for good, so it is never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a map with the key `__type__` cannot be sent: Python peers take it for a type that they do not know"
)]
pub struct ForeignType;

/// Collects the bytes of one document.
///
/// Containers are written as a header with their length, then their values; that as many follow
/// is the caller's promise.
#[derive(Debug, Default)]
pub struct Encoder {
    out: Vec<u8>,
    /// Bytes that are not copied, each with the number of bytes in `out` before it.
    shared: Vec<(usize, Bytes)>,
    /// Whether whoever takes the document can do with parts.
    shares: bool,
    foreign: bool,
}

impl Encoder {
    /// Nothing written yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(64)
    }

    /// Nothing written yet, and room for so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self::behind(Vec::with_capacity(bytes))
    }

    /// As [`Self::with_capacity`], for a document in parts: only [`Self::finish_document`] has it whole.
    pub(crate) fn sharing(bytes: usize) -> Self {
        Self { shares: true, ..Self::with_capacity(bytes) }
    }

    /// Goes on behind what `out` holds.
    pub(crate) fn behind(out: Vec<u8>) -> Self {
        Self { out, ..Self::default() }
    }

    /// What was written, and what stood before it.
    pub(crate) fn into_vec(self) -> Vec<u8> {
        self.out
    }

    /// As [`Self::finish_safe`], in parts.
    pub(crate) fn finish_document(self) -> Result<Document, ForeignType> {
        if self.foreign { Err(ForeignType) } else { Ok(Document::new(self.out, self.shared)) }
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> Bytes {
        self.out.into()
    }

    /// The document, unless Python's peers would choke on it.
    ///
    /// # Errors
    ///
    /// [`ForeignType`] when a map of the caller's own has the key `__type__`, which marks wire types.
    pub fn finish_safe(self) -> Result<Bytes, ForeignType> {
        if self.foreign { Err(ForeignType) } else { Ok(self.finish()) }
    }

    /// Writes one key of a map whose keys are not the schema's.
    pub(crate) fn key<K: Encode + ?Sized>(&mut self, key: &K) {
        let start = self.out.len();
        key.encode(self);
        self.foreign |= self.out[start..] == *TYPE_KEY_BYTES;
    }

    /// Writes nil.
    pub fn nil(&mut self) {
        self.out.push(0xc0);
    }

    /// Writes a boolean.
    pub fn bool(&mut self, value: bool) {
        self.out.push(0xc2 | u8::from(value));
    }

    /// Writes an integer.
    pub fn int(&mut self, value: i64) {
        if let Ok(value) = u64::try_from(value) {
            self.uint(value);
        } else if value >= -32 {
            self.out.extend((value as i8).to_be_bytes());
        } else if let Ok(value) = i8::try_from(value) {
            self.marked(0xd0, value.to_be_bytes());
        } else if let Ok(value) = i16::try_from(value) {
            self.marked(0xd1, value.to_be_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            self.marked(0xd2, value.to_be_bytes());
        } else {
            self.marked(0xd3, value.to_be_bytes());
        }
    }

    /// Writes an integer that is not negative.
    pub fn uint(&mut self, value: u64) {
        if value < 0x80 {
            self.out.push(value as u8);
        } else if let Ok(value) = u8::try_from(value) {
            self.marked(0xcc, [value]);
        } else if let Ok(value) = u16::try_from(value) {
            self.marked(0xcd, value.to_be_bytes());
        } else if let Ok(value) = u32::try_from(value) {
            self.marked(0xce, value.to_be_bytes());
        } else {
            self.marked(0xcf, value.to_be_bytes());
        }
    }

    /// Writes a float of 32 bits.
    pub fn f32(&mut self, value: f32) {
        self.marked(0xca, value.to_be_bytes());
    }

    /// Writes a float of 64 bits.
    pub fn f64(&mut self, value: f64) {
        self.marked(0xcb, value.to_be_bytes());
    }

    /// Writes text.
    pub fn str(&mut self, text: &str) {
        self.str_bytes(text.as_bytes());
    }

    /// Writes text that is at hand as bytes only.
    pub(crate) fn str_bytes(&mut self, text: &[u8]) {
        if text.len() < 32 {
            self.out.push(0xa0 | text.len() as u8);
        } else {
            self.length(text.len(), Some(0xd9), 0xda, 0xdb);
        }
        self.out.extend_from_slice(text);
    }

    /// Writes bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len(), Some(0xc4), 0xc5, 0xc6);
        self.out.extend_from_slice(bytes);
    }

    /// Writes bytes that others may share: large ones are not copied where that can be helped.
    pub fn shared_bytes(&mut self, bytes: &Bytes) {
        if !self.shares || bytes.len() < SHARE_FROM {
            return self.bytes(bytes);
        }
        self.length(bytes.len(), Some(0xc4), 0xc5, 0xc6);
        self.shared.push((self.out.len(), bytes.clone()));
    }

    /// Starts a list of `len` values.
    pub fn array(&mut self, len: usize) {
        if len < 16 {
            self.out.push(0x90 | len as u8);
        } else {
            self.length(len, None, 0xdc, 0xdd);
        }
    }

    /// Starts a map of `len` keys, each with its value behind it.
    pub fn map(&mut self, len: usize) {
        if len < 16 {
            self.out.push(0x80 | len as u8);
        } else {
            self.length(len, None, 0xde, 0xdf);
        }
    }

    /// Writes a value that is encoded already.
    pub fn raw(&mut self, value: &[u8]) {
        self.out.extend_from_slice(value);
    }

    /// Writes an extension of MessagePack's.
    pub(crate) fn ext(&mut self, kind: i8, data: &[u8]) {
        match data.len() {
            1 => self.out.push(0xd4),
            2 => self.out.push(0xd5),
            4 => self.out.push(0xd6),
            8 => self.out.push(0xd7),
            16 => self.out.push(0xd8),
            len => self.length(len, Some(0xc7), 0xc8, 0xc9),
        }
        self.out.extend(kind.to_be_bytes());
        self.out.extend_from_slice(data);
    }

    /// Writes `{"__type__": type_name, "_": …}`; `write` writes exactly one value.
    pub fn tagged(&mut self, type_name: &str, write: impl FnOnce(&mut Self)) {
        self.map(2);
        self.str(tagged::TYPE_KEY);
        self.str(type_name);
        self.str(tagged::VALUE_KEY);
        write(self);
    }

    /// Writes a key. Inlined where its length is known, little of this is left.
    #[inline]
    fn name(&mut self, name: &str) {
        if name.len() < 32 {
            self.out.push(0xa0 | name.len() as u8);
            self.out.extend_from_slice(name.as_bytes());
        } else {
            self.str(name);
        }
    }

    /// Writes one entry of a map.
    #[inline]
    pub fn field<T: Encode + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name);
        value.encode(self);
    }

    /// Writes one entry of a map unless it is absent; the map's length must agree.
    #[inline]
    pub fn optional<T: Encode>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// Writes one entry of a map: nil where it clears, and nothing where it keeps; the map's length must
    /// agree.
    pub fn patch<T: Encode>(&mut self, name: &str, value: &Patch<T>) {
        match value {
            Patch::Keep => {}
            Patch::Clear => {
                self.str(name);
                self.nil();
            }
            Patch::Set(value) => self.field(name, value),
        }
    }

    fn marked<const N: usize>(&mut self, marker: u8, bytes: [u8; N]) {
        self.out.push(marker);
        self.out.extend_from_slice(&bytes);
    }

    fn length(&mut self, len: usize, marker8: Option<u8>, marker16: u8, marker32: u8) {
        if let (Ok(len), Some(marker)) = (u8::try_from(len), marker8) {
            self.marked(marker, [len]);
        } else if let Ok(len) = u16::try_from(len) {
            self.marked(marker16, len.to_be_bytes());
        } else {
            let len = u32::try_from(len).expect("a message of 4 GiB cannot be sent, so nobody builds one");
            self.marked(marker32, len.to_be_bytes());
        }
    }
}
