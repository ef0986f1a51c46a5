//! Short text in place.

use std::fmt;
use std::sync::Arc;

/// Bytes of text that need no memory of their own.
const SHORT: usize = 38;

/// Text that is mostly short and often copied, such as a trace id.
#[derive(Clone)]
pub(crate) struct Text(Form);

#[derive(Clone)]
enum Form {
    Short(u8, [u8; SHORT]),
    Long(Arc<str>),
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        if bytes.len() > SHORT {
            return Self(Form::Long(text.into()));
        }
        let mut short = [0; SHORT];
        short[..bytes.len()].copy_from_slice(bytes);
        Self(Form::Short(bytes.len() as u8, short))
    }

    /// `None` when the bytes are not UTF-8.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() <= SHORT && bytes.is_ascii() {
            let mut short = [0; SHORT];
            short[..bytes.len()].copy_from_slice(bytes);
            return Some(Self(Form::Short(bytes.len() as u8, short)));
        }
        std::str::from_utf8(bytes).ok().map(Self::new)
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Form::Short(len, bytes) => std::str::from_utf8(&bytes[..usize::from(*len)]).expect("it was text"),
            Form::Long(text) => text,
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short(len, bytes) => &bytes[..usize::from(*len)],
            Form::Long(text) => text.as_bytes(),
        }
    }
}

impl From<super::Id> for Text {
    fn from(id: super::Id) -> Self {
        let mut short = [0; SHORT];
        short[..id.len()].copy_from_slice(&id);
        Self(Form::Short(id.len() as u8, short))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_length_is_kept() {
        for len in [0, 1, SHORT, SHORT + 1, 1000] {
            let text = "é".repeat(len / 2) + if len % 2 == 1 { "x" } else { "" };
            let kept = Text::new(&text);
            assert_eq!((kept.as_str(), kept.as_bytes()), (&*text, text.as_bytes()));
        }
    }
}
