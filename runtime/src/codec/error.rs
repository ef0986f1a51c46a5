//! Why bytes could not be read, and where in the document that was.

use std::borrow::Cow;
use std::fmt;

/// Why a value could not be read: what was expected, what stood there, and the path to it.
///
/// ```
/// use lymph::codec::{from_bytes, to_bytes};
/// let bytes = to_bytes(&vec![1, 2, 300]);
/// let error = from_bytes::<Vec<u8>>(&bytes).unwrap_err();
/// assert_eq!(error.to_string(), "`[2]`: 300 is out of range for u8");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DecodeError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    /// Innermost step first.
    path: Vec<Step>,
    reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(Cow<'static, str>),
    Index(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Missing,
    Other(Cow<'static, str>),
}

/// Text from outside is shown up to this many characters.
const SHOWN_CHARS: usize = 40;

impl DecodeError {
    /// Says what is wrong, in words that stand behind the path and a colon.
    #[must_use]
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self::because(Vec::new(), Reason::Other(what.into()))
    }

    /// A field that has no default is not there.
    #[must_use]
    pub fn missing(name: impl Into<Cow<'static, str>>) -> Self {
        Self::because(vec![Step::Field(name.into())], Reason::Missing)
    }

    /// Another type than the one expected; both with their article.
    #[must_use]
    pub fn expected(expected: &str, found: &str) -> Self {
        Self::new(format!("expected {expected}, found {found}"))
    }

    /// Text that is not what `expected` says.
    #[must_use]
    pub fn not_a(expected: &str, text: &str) -> Self {
        Self::new(format!("{} is not {expected}", Shown(text)))
    }

    /// Text whose bytes are none.
    #[cold]
    pub(super) fn not_utf8() -> Self {
        Self::new("a string that is not UTF-8")
    }

    /// A name that the closed enum or union `type_name` does not have.
    #[must_use]
    pub fn unknown_variant(type_name: &str, name: &str) -> Self {
        Self::new(format!("{} is no variant of `{type_name}`", Shown(name)))
    }

    /// A key that the closed struct `type_name` does not have.
    #[must_use]
    pub fn unknown_field(type_name: &str, name: &str) -> Self {
        Self::new(format!("{} is no field of `{type_name}`", Shown(name)))
    }

    /// The same error, inside field `name`.
    #[must_use]
    pub fn at(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.path.push(Step::Field(name.into()));
        self
    }

    /// The same error, inside element `index`.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.path.push(Step::Index(index));
        self
    }

    /// Where it happened, as `items[3].name`; empty for the document itself.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.0.path.iter().rev() {
            match step {
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    fn because(path: Vec<Step>, reason: Reason) -> Self {
        Self(Box::new(Inner { path, reason }))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        match &self.0.reason {
            Reason::Missing => write!(f, "`{path}` is missing"),
            Reason::Other(what) if path.is_empty() => f.write_str(what),
            Reason::Other(what) => write!(f, "`{path}`: {what}"),
        }
    }
}

/// Text from outside in backticks, cut and with its control characters escaped.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`")?;
        for char in self.0.chars().take(SHOWN_CHARS) {
            if char.is_control() {
                write!(f, "{}", char.escape_default())?;
            } else {
                write!(f, "{char}")?;
            }
        }
        f.write_str(if self.0.chars().nth(SHOWN_CHARS).is_some() { "…`" } else { "`" })
    }
}
