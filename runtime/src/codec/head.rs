//! The first bytes of a MessagePack value, and finding one's way by them.
//!
//! All functions read a document that ends where the slice does.

use super::DecodeError;

/// What a value is, and how much belongs to it behind its head.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Head {
    Nil,
    Bool(bool),
    Int(i64),
    UInt(u64),
    F32(f32),
    F64(f64),
    Str(usize),
    Bin(usize),
    Array(usize),
    Map(usize),
    Ext(i8, usize),
}

impl Head {
    /// The head at `position`, and where what belongs to it starts.
    #[inline]
    pub(crate) fn read(document: &[u8], position: usize) -> Result<(Self, usize), DecodeError> {
        let rest = &mut document.get(position..).ok_or_else(truncated)?;
        let [marker] = take(rest)?;
        let head = match marker {
            0x00..=0x7f => Self::UInt(marker.into()),
            0x80..=0x8f => Self::Map((marker & 0x0f).into()),
            0x90..=0x9f => Self::Array((marker & 0x0f).into()),
            0xa0..=0xbf => Self::Str((marker & 0x1f).into()),
            0xc0 => Self::Nil,
            0xc1 => return Err(unused()),
            0xc2 => Self::Bool(false),
            0xc3 => Self::Bool(true),
            0xc4 => Self::Bin(len8(rest)?),
            0xc5 => Self::Bin(len16(rest)?),
            0xc6 => Self::Bin(len32(rest)?),
            0xc7 => ext(len8(rest)?, rest)?,
            0xc8 => ext(len16(rest)?, rest)?,
            0xc9 => ext(len32(rest)?, rest)?,
            0xca => Self::F32(f32::from_be_bytes(take(rest)?)),
            0xcb => Self::F64(f64::from_be_bytes(take(rest)?)),
            0xcc => Self::UInt(u8::from_be_bytes(take(rest)?).into()),
            0xcd => Self::UInt(u16::from_be_bytes(take(rest)?).into()),
            0xce => Self::UInt(u32::from_be_bytes(take(rest)?).into()),
            0xcf => Self::UInt(u64::from_be_bytes(take(rest)?)),
            0xd0 => Self::Int(i8::from_be_bytes(take(rest)?).into()),
            0xd1 => Self::Int(i16::from_be_bytes(take(rest)?).into()),
            0xd2 => Self::Int(i32::from_be_bytes(take(rest)?).into()),
            0xd3 => Self::Int(i64::from_be_bytes(take(rest)?)),
            0xd4..=0xd8 => ext(1 << (marker - 0xd4), rest)?,
            0xd9 => Self::Str(len8(rest)?),
            0xda => Self::Str(len16(rest)?),
            0xdb => Self::Str(len32(rest)?),
            0xdc => Self::Array(len16(rest)?),
            0xdd => Self::Array(len32(rest)?),
            0xde => Self::Map(len16(rest)?),
            0xdf => Self::Map(len32(rest)?),
            0xe0..=0xff => Self::Int(i8::from_be_bytes([marker]).into()),
        };
        Ok((head, document.len() - rest.len()))
    }

    /// The error that another type was `expected`.
    pub(crate) fn not(self, expected: &str) -> DecodeError {
        let found = match self {
            Self::Nil => "nil",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::UInt(_) => "an integer",
            Self::F32(_) | Self::F64(_) => "a float",
            Self::Str(_) => "a string",
            Self::Bin(_) => "bytes",
            Self::Array(_) => "a list",
            Self::Map(_) => "a map",
            Self::Ext(..) => "a MessagePack extension",
        };
        DecodeError::expected(expected, found)
    }
}

/// Where `len` bytes from `position` end.
pub(crate) fn advance(document: &[u8], position: usize, len: usize) -> Result<usize, DecodeError> {
    position.checked_add(len).filter(|end| *end <= document.len()).ok_or_else(truncated)
}

/// The text at `position` and where it ends, if it is text.
pub(crate) fn text_at(document: &[u8], position: usize) -> Option<(&[u8], usize)> {
    let (Head::Str(len), start) = Head::read(document, position).ok()? else { return None };
    let end = advance(document, start, len).ok()?;
    Some((&document[start..end], end))
}

/// Where the value ends that starts at `position`. Takes no memory, however deep it is.
pub(crate) fn end_of_value(document: &[u8], mut position: usize) -> Result<usize, DecodeError> {
    let mut pending = 1_u64;
    while pending > 0 {
        let (head, start) = Head::read(document, position)?;
        pending -= 1;
        let (bytes, values) = match head {
            Head::Str(len) | Head::Bin(len) | Head::Ext(_, len) => (len, 0),
            Head::Array(len) => (0, len as u64),
            Head::Map(len) => (0, len as u64 * 2),
            _ => (0, 0),
        };
        position = advance(document, start, bytes)?;
        pending = pending.saturating_add(values);
    }
    Ok(position)
}

pub(crate) fn is_map(marker: u8) -> bool {
    matches!(marker, 0x80..=0x8f | 0xde | 0xdf)
}

pub(crate) fn is_str(marker: u8) -> bool {
    matches!(marker, 0xa0..=0xbf | 0xd9..=0xdb)
}

#[cold]
fn unused() -> DecodeError {
    DecodeError::new("a byte that MessagePack does not use")
}

#[cold]
pub(crate) fn truncated() -> DecodeError {
    DecodeError::new("the bytes end before the value does")
}

#[inline]
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], DecodeError> {
    let (bytes, behind) = rest.split_first_chunk().ok_or_else(truncated)?;
    *rest = behind;
    Ok(*bytes)
}

fn len8(rest: &mut &[u8]) -> Result<usize, DecodeError> {
    take(rest).map(|bytes| u8::from_be_bytes(bytes).into())
}

fn len16(rest: &mut &[u8]) -> Result<usize, DecodeError> {
    take(rest).map(|bytes| u16::from_be_bytes(bytes).into())
}

fn len32(rest: &mut &[u8]) -> Result<usize, DecodeError> {
    take(rest).map(|bytes| u32::from_be_bytes(bytes) as usize)
}

fn ext(len: usize, rest: &mut &[u8]) -> Result<Head, DecodeError> {
    take(rest).map(|kind| Head::Ext(i8::from_be_bytes(kind), len))
}
