//! Reads MessagePack, and trusts nothing that stands in it.

use bytes::Bytes;

use super::document::SHARE_FROM;
use super::head::{Head, advance, end_of_value, is_map, text_at, truncated};
use super::tagged::{TYPE_KEY, VALUE_KEY};
use super::{Decode, DecodeError};

/// Containers and embedded documents that may stand inside each other.
pub const MAX_DEPTH: usize = 128;

/// Dynamic values ([`Value`](crate::Value)) that one document may hold: 16 MiB of them.
///
/// Without a bound, 8 MiB of nils would become 256 MiB. Typed values need none, they are about
/// as large as their bytes.
pub const MAX_DYNAMIC_VALUES: usize = 1 << 19;

/// MessagePack's extension type of a document embedded in another.
const EMBEDDED: i8 = 101;

/// Reads one document, value by value.
///
/// The decoder counts what each container still owes, so it knows by itself where containers and
/// embedded documents end; callers only read as many values as the headers said.
#[derive(Debug)]
pub struct Decoder<'de> {
    bytes: &'de [u8],
    /// What they are a part of, if that may be shared.
    source: Option<&'de Bytes>,
    position: usize,
    /// Where the document ends that is being read: `bytes` or one embedded in it.
    end: usize,
    /// Values that the innermost container still owes. The document itself counts as a container
    /// that never ends; [`Self::finish`] looks after it.
    left: u64,
    outer: Stack,
    max_depth: usize,
    dynamic_values: usize,
    /// Bytes that [`Self::tag`] may still look ahead over.
    lookahead: usize,
}

/// A container that waits until the one inside it ends.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: u64,
    inner: Inner,
}

/// Containers inside each other. Most documents are a map of plain values or of lists: so many
/// need no memory.
#[derive(Debug)]
struct Stack {
    near: [Frame; 2],
    far: Vec<Frame>,
    len: usize,
}

impl Default for Stack {
    fn default() -> Self {
        Self { near: [Frame { left: 0, inner: Inner::Items }; 2], far: Vec::new(), len: 0 }
    }
}

impl Stack {
    #[inline]
    fn push(&mut self, frame: Frame) {
        match self.near.get_mut(self.len) {
            Some(place) => *place = frame,
            None => self.far.push(frame),
        }
        self.len += 1;
    }

    #[inline]
    fn pop(&mut self) -> Option<Frame> {
        self.len = self.len.checked_sub(1)?;
        self.near.get(self.len).copied().or_else(|| self.far.pop())
    }
}

/// What to do where the inner one ends.
#[derive(Debug, Clone, Copy)]
enum Inner {
    Items,
    /// Check that its bytes are used up; go on until `end`.
    Embedded {
        end: usize,
    },
    /// Go on behind the type's name, which was read before the value.
    Swapped {
        resume: usize,
    },
}

impl<'de> Decoder<'de> {
    /// Reads from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'de [u8]) -> Self {
        Self::with_depth(bytes, MAX_DEPTH)
    }

    /// As [`Self::new`], with another limit than [`MAX_DEPTH`].
    #[must_use]
    pub fn with_depth(bytes: &'de [u8], max_depth: usize) -> Self {
        Self {
            bytes,
            source: None,
            position: 0,
            end: bytes.len(),
            left: u64::MAX,
            outer: Stack::default(),
            max_depth,
            dynamic_values: MAX_DYNAMIC_VALUES,
            lookahead: bytes.len().saturating_mul(2),
        }
    }

    /// Lets what is read share `source`, of which the document must be a part.
    pub(crate) fn sharing(self, source: Option<&'de Bytes>) -> Self {
        Self { source, ..self }
    }

    /// Reads bytes to keep. They share the memory of the document if they are the most of it, so that none is
    /// held for the sake of a few bytes.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows.
    pub fn shared_bytes(&mut self) -> Result<Bytes, DecodeError> {
        let bytes = self.bytes()?;
        let is_most = |source: &&Bytes| bytes.len() >= SHARE_FROM.max(source.len() / 2);
        Ok(match self.source.filter(is_most) {
            Some(source) => source.slice_ref(bytes),
            None => Bytes::copy_from_slice(bytes),
        })
    }

    /// Checks that the document ends where reading ended.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when bytes are left over.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.bytes.len() - self.position {
            0 if self.outer.len == 0 => Ok(()),
            0 => Err(truncated()),
            more => Err(DecodeError::new(format!("{more} bytes behind the end of the document"))),
        }
    }

    /// Reads the value of field `name`, which errors then name.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] from reading it.
    pub fn field<T: Decode>(&mut self, name: &'static str) -> Result<T, DecodeError> {
        T::decode(self).map_err(|error| error.at(name))
    }

    /// Reads the value at `index` of a list, which errors then name.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] from reading it.
    pub fn element<T: Decode>(&mut self, index: usize) -> Result<T, DecodeError> {
        T::decode(self).map_err(|error| error.index(index))
    }

    /// Passes over one value, whatever it is.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the bytes end first.
    pub fn skip(&mut self) -> Result<(), DecodeError> {
        self.raw().map(drop)
    }

    /// Passes over one value and gives its bytes.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the bytes end first.
    pub fn raw(&mut self) -> Result<&'de [u8], DecodeError> {
        let start = self.position;
        self.position = end_of_value(self.document(), start)?;
        let bytes = &self.bytes[start..self.position];
        self.done()?;
        Ok(bytes)
    }

    /// Reads the header of a list; as many values follow.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows, or more is promised than the bytes can hold.
    pub fn array(&mut self) -> Result<usize, DecodeError> {
        match self.head()? {
            Head::Array(len) => self.enter_array(len),
            other => Err(other.not("a list")),
        }
    }

    /// Reads the header of a list or of a set; as many values follow.
    ///
    /// # Errors
    ///
    /// As [`Self::array`].
    pub fn sequence(&mut self) -> Result<usize, DecodeError> {
        if is_map(self.peek()?) && self.tag()? != Some(super::tagged::name::SET) {
            return Err(DecodeError::expected("a list", "a map"));
        }
        self.array()
    }

    /// Reads the header of a map; as many keys follow, each with its value.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows, or more is promised than the bytes can hold.
    pub fn map(&mut self) -> Result<usize, DecodeError> {
        match self.head()? {
            Head::Map(len) => self.enter_map(len),
            other => Err(other.not("a map")),
        }
    }

    /// Enters `{"__type__": T, "_": V}`, with its keys in either order: gives `T`, and `V` is the
    /// next value. `None`, and nothing is read, when something else follows.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the bytes are no MessagePack or pass a limit.
    pub fn tag(&mut self) -> Result<Option<&'de str>, DecodeError> {
        self.peek()?;
        let start = self.position;
        let tag = match self.head()? {
            Head::Map(2) => self.find_tag()?,
            _ => None,
        };
        let Some(tag) = tag else {
            self.position = start;
            return Ok(None);
        };
        let inner = match tag.resume {
            Some(resume) => Inner::Swapped { resume },
            None => Inner::Items,
        };
        self.push(inner, 1)?;
        self.position = tag.value;
        Ok(Some(tag.name))
    }

    /// Enters a tagged value of type `name`; `expected` is for errors.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows.
    pub fn expect_tag(&mut self, name: &str, expected: &str) -> Result<(), DecodeError> {
        match self.tag()? {
            Some(found) if found == name => Ok(()),
            Some(found) => Err(DecodeError::expected(expected, &format!("a tagged `{found}`"))),
            None => Err(self.head()?.not(expected)),
        }
    }

    /// Reads a header; the caller reads what belongs to it, or calls [`Self::done`].
    pub(crate) fn head(&mut self) -> Result<Head, DecodeError> {
        self.peek()?;
        let (head, position) = Head::read(self.document(), self.position)?;
        self.position = position;
        Ok(head)
    }

    /// Passes over bytes that [`Self::peek`] has seen.
    #[inline]
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.position += bytes;
    }

    /// Reads `name` if it stands next in its shortest form.
    #[inline]
    pub(super) fn pass_name(&mut self, name: &str) -> Result<bool, DecodeError> {
        let next = self.document().get(self.position..).and_then(<[u8]>::split_first);
        let stands = |(marker, rest): (&u8, &[u8])| {
            name.len() < 32 && usize::from(*marker) == 0xa0 | name.len() && rest.starts_with(name.as_bytes())
        };
        if !next.is_some_and(stands) {
            return Ok(false);
        }
        self.pass(1 + name.len());
        self.done().map(|()| true)
    }

    /// One value has been read in full.
    #[inline]
    pub(crate) fn done(&mut self) -> Result<(), DecodeError> {
        self.left -= 1;
        if self.left == 0 { self.close() } else { Ok(()) }
    }

    /// The `len` bytes behind a head that was read: the end of a value.
    pub(crate) fn payload(&mut self, len: usize) -> Result<&'de [u8], DecodeError> {
        let end = advance(self.document(), self.position, len)?;
        let bytes = &self.bytes[self.position..end];
        self.position = end;
        self.done()?;
        Ok(bytes)
    }

    pub(crate) fn enter_array(&mut self, len: usize) -> Result<usize, DecodeError> {
        self.enter(len, len)
    }

    pub(crate) fn enter_map(&mut self, len: usize) -> Result<usize, DecodeError> {
        self.enter(len, len.saturating_mul(2))
    }

    /// Where reading stands, for [`Self::text_at`].
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// The text at an earlier position, if text stands there.
    pub(crate) fn text_at(&self, position: usize) -> Option<String> {
        text_at(self.document(), position).map(|(text, _)| String::from_utf8_lossy(text).into_owned())
    }

    /// Counts `count` more dynamic values.
    pub(crate) fn claim(&mut self, count: usize) -> Result<(), DecodeError> {
        let too_many = || DecodeError::new(format!("more than {MAX_DYNAMIC_VALUES} dynamic values"));
        self.dynamic_values = self.dynamic_values.checked_sub(count).ok_or_else(too_many)?;
        Ok(())
    }

    fn enter(&mut self, len: usize, values: usize) -> Result<usize, DecodeError> {
        // Each value takes a byte at least.
        let remaining = self.end - self.position;
        if values > remaining {
            return Err(DecodeError::new(format!("{values} values promised in {remaining} bytes")));
        }
        if values == 0 {
            self.done()?;
        } else {
            self.push(Inner::Items, values as u64)?;
        }
        Ok(len)
    }

    fn push(&mut self, inner: Inner, left: u64) -> Result<(), DecodeError> {
        if self.outer.len >= self.max_depth {
            return Err(DecodeError::new(format!("nested more than {} deep", self.max_depth)));
        }
        self.outer.push(Frame { left: self.left, inner });
        self.left = left;
        Ok(())
    }

    /// Leaves each container whose last value this was.
    #[cold]
    fn close(&mut self) -> Result<(), DecodeError> {
        while self.left == 0 {
            let frame = self.outer.pop().expect("the document itself never ends");
            match frame.inner {
                Inner::Items => {}
                Inner::Embedded { end } => {
                    if self.position != self.end {
                        return Err(DecodeError::new("bytes behind the end of an embedded document"));
                    }
                    self.end = end;
                }
                Inner::Swapped { resume } => self.position = resume,
            }
            self.left = frame.left - 1;
        }
        Ok(())
    }

    /// The marker of the next value; embedded documents are entered on the way.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<u8, DecodeError> {
        match self.document().get(self.position) {
            Some(0xc7..=0xc9 | 0xd4..=0xd8) => self.enter_embedded(),
            Some(marker) => Ok(*marker),
            None => Err(truncated()),
        }
    }

    #[cold]
    fn enter_embedded(&mut self) -> Result<u8, DecodeError> {
        loop {
            let marker = *self.document().get(self.position).ok_or_else(truncated)?;
            let (Head::Ext(EMBEDDED, len), start) = Head::read(self.document(), self.position)? else {
                return Ok(marker);
            };
            let end = advance(self.document(), start, len)?;
            self.push(Inner::Embedded { end: self.end }, 1)?;
            self.position = start;
            self.end = end;
        }
    }

    /// The document being read, from the first byte of the outermost one.
    #[inline]
    fn document(&self) -> &'de [u8] {
        &self.bytes[..self.end]
    }

    fn find_tag(&mut self) -> Result<Option<Tag<'de>>, DecodeError> {
        let document = self.document();
        let Some((first, after_first)) = text_at(document, self.position) else { return Ok(None) };
        let (name, value, resume) = if first == TYPE_KEY.as_bytes() {
            let Some((name, after_name)) = text_at(document, after_first) else { return Ok(None) };
            let Some((second, value)) = text_at(document, after_name) else { return Ok(None) };
            if second != VALUE_KEY.as_bytes() {
                return Ok(None);
            }
            (name, value, None)
        } else if first == VALUE_KEY.as_bytes() {
            let after_value = end_of_value(document, after_first)?;
            // Values inside each other, each before its type, would be looked over again and again.
            self.lookahead = self
                .lookahead
                .checked_sub(after_value - after_first)
                .ok_or_else(|| DecodeError::new("too many tagged values that stand before their type"))?;
            let Some((second, after_second)) = text_at(document, after_value) else { return Ok(None) };
            let Some((name, resume)) = text_at(document, after_second) else { return Ok(None) };
            if second != TYPE_KEY.as_bytes() {
                return Ok(None);
            }
            (name, after_first, Some(resume))
        } else {
            return Ok(None);
        };
        Ok(std::str::from_utf8(name).ok().map(|name| Tag { name, value, resume }))
    }
}

/// Where the parts of a tagged value stand.
struct Tag<'de> {
    name: &'de str,
    value: usize,
    /// Where reading goes on after the value, when its type stands behind it.
    resume: Option<usize>,
}
