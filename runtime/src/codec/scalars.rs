//! Reading values that hold no others.

use super::head::Head;
use super::{DecodeError, Decoder};

impl<'de> Decoder<'de> {
    /// Whether nil stands next; it is not read yet.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when nothing follows.
    pub fn is_nil(&mut self) -> Result<bool, DecodeError> {
        Ok(self.peek()? == 0xc0)
    }

    /// Reads nil.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows.
    pub fn nil(&mut self) -> Result<(), DecodeError> {
        match self.head()? {
            Head::Nil => self.done(),
            other => Err(other.not("nil")),
        }
    }

    /// Reads a boolean.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        match self.head()? {
            Head::Bool(value) => self.done().map(|()| value),
            other => Err(other.not("a boolean")),
        }
    }

    /// Reads an integer in any encoding into a type that can hold it; `type_name` is for errors.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows, or the type cannot hold the number.
    pub fn integer<T: TryFrom<i64> + TryFrom<u64>>(&mut self, type_name: &str) -> Result<T, DecodeError> {
        let marker = self.peek()?;
        let (value, shown) = if marker < 0x80 {
            self.pass(1);
            (T::try_from(u64::from(marker)).ok(), i128::from(marker))
        } else {
            match self.head()? {
                Head::Int(value) => (T::try_from(value).ok(), value.into()),
                Head::UInt(value) => (T::try_from(value).ok(), value.into()),
                other => return Err(other.not("an integer")),
            }
        };
        self.done()?;
        value.ok_or_else(|| DecodeError::new(format!("{shown} is out of range for {type_name}")))
    }

    /// Reads a float of either width, or an integer that a float holds exactly.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows, or the integer would be rounded.
    pub fn float(&mut self) -> Result<f64, DecodeError> {
        let value = match self.head()? {
            Head::F32(value) => f64::from(value),
            Head::F64(value) => value,
            Head::Int(value) => exact_float(value.into())?,
            Head::UInt(value) => exact_float(value.into())?,
            other => return Err(other.not("a float")),
        };
        self.done()?;
        Ok(value)
    }

    /// Reads a float as [`Self::float`] does and rounds it to 32 bits; integers must fit exactly.
    ///
    /// # Errors
    ///
    /// As [`Self::float`], and for floats beyond the range of 32 bits.
    pub fn float32(&mut self) -> Result<f32, DecodeError> {
        let is_float = matches!(self.peek()?, 0xca | 0xcb);
        let wide = self.float()?;
        let value = wide as f32;
        let fits = if is_float { value.is_finite() || !wide.is_finite() } else { f64::from(value) == wide };
        let range = || DecodeError::new(format!("{wide:?} is out of range for f32"));
        if fits { Ok(value) } else { Err(range()) }
    }

    /// Reads text.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows, or the text is not UTF-8.
    pub fn str(&mut self) -> Result<&'de str, DecodeError> {
        std::str::from_utf8(self.text_bytes()?).map_err(|_| DecodeError::not_utf8())
    }

    /// Reads what should be text.
    pub(super) fn text_bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        let marker = self.peek()?;
        if (0xa0..0xc0).contains(&marker) {
            self.pass(1);
            return self.payload((marker & 0x1f).into());
        }
        match self.head()? {
            Head::Str(len) => self.payload(len),
            other => Err(other.not("a string")),
        }
    }

    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when anything else follows.
    pub fn bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        match self.head()? {
            Head::Bin(len) => self.payload(len),
            other => Err(other.not("bytes")),
        }
    }

    pub(crate) fn text(&mut self, len: usize) -> Result<&'de str, DecodeError> {
        let bytes = self.payload(len)?;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::not_utf8())
    }
}

fn exact_float(value: i128) -> Result<f64, DecodeError> {
    let float = value as f64;
    let range = || DecodeError::new(format!("{value} has no exact float"));
    if float as i128 == value { Ok(float) } else { Err(range()) }
}
