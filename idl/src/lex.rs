//! Text to tokens: what is a word, a number, a comment, before anything is known of their meaning.

use std::ops::Range;

/// A piece of schema text that belongs together. Between tokens there is nothing but blanks and line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// The bytes that it covers.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// What it says, in the text that it was read from.
    #[must_use]
    pub fn text(self, source: &str) -> &str {
        &source[self.range()]
    }
}

/// The kinds of [`Token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A name without dots, or a keyword: which of them, its place decides.
    Word,
    /// What its writer takes for a word, with letters that names cannot have.
    ForeignWord,
    /// A number with whatever is attached to it: also a version (`1.4.0`) or a duration (`250us`).
    Number,
    /// A text with its quotes.
    Text,
    /// A text whose line ends before its closing quote comes.
    UnclosedText,
    /// `///` to the end of its line.
    Doc,
    /// `//!` to the end of its line.
    InnerDoc,
    /// `// …` to the end of its line, or `/* … */`.
    Comment,
    /// `/*` and everything behind it.
    UnclosedComment,
    /// One mark.
    Punctuation(Punctuation),
    /// A character without any meaning in the language.
    Unknown,
}

/// Declares an enum of things that are each written in one way.
macro_rules! written {
    ($(#[$attribute:meta])* $enum:ident { $($name:ident $text:literal),* $(,)? }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum $enum {
            $($name),*
        }

        impl $enum {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it is written.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text),*
                }
            }

            /// What is written that way.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

written! {
    /// The marks of the language.
    Punctuation {
        Semicolon ";",
        Comma ",",
        Colon ":",
        At "@",
        Equals "=",
        Arrow "->",
        Question "?",
        Dot ".",
        Range "..",
        RangeInclusive "..=",
        Star "*",
        Hash "#",
        OpenBrace "{",
        CloseBrace "}",
        OpenParen "(",
        CloseParen ")",
        OpenAngle "<",
        CloseAngle ">",
        OpenBracket "[",
        CloseBracket "]",
    }
}

written! {
    /// Words that mean something in certain places; everywhere else they are names like others.
    Keyword {
        Package "package",
        Use "use",
        As "as",
        Interface "interface",
        Struct "struct",
        Enum "enum",
        Closed "closed",
        Union "union",
        Type "type",
        Error "error",
        Event "event",
        Reserved "reserved",
        Rpc "rpc",
        Oneway "oneway",
        Task "task",
        Raises "raises",
        Emits "emits",
        On "on",
    }
}

/// Splits a schema's text into tokens, comments included. Nothing is refused here: what has no meaning is a
/// token of its own, and the ranges of all tokens with the blanks between them make up the text.
///
/// ```
/// use lymph_idl::{TokenKind, tokens};
///
/// let text = "rpc find(q: string); // slow";
/// let words: Vec<&str> =
///     tokens(text).filter(|token| token.kind == TokenKind::Word).map(|token| token.text(text)).collect();
/// assert_eq!(words, ["rpc", "find", "q", "string"]);
/// assert_eq!(tokens(text).last().map(|token| token.kind), Some(TokenKind::Comment));
/// ```
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + Clone + '_ {
    Lexer { text, at: 0 }
}

#[derive(Clone)]
struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at)?, b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
        let start = self.at;
        let (kind, length) = token(&self.text[start..]);
        self.at += length;
        Some(Token { kind, start: position(start), end: position(self.at) })
    }
}

/// Files that do not fit are refused long before; a span past the end is caught where it is shown.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The token at the start of a text that does not begin with a blank, and its bytes: at least one.
fn token(rest: &str) -> (TokenKind, usize) {
    use Punctuation::{
        Arrow, At, CloseAngle, CloseBrace, CloseBracket, CloseParen, Colon, Comma, Dot, Equals, Hash,
        OpenAngle, OpenBrace, OpenBracket, OpenParen, Question, Range, RangeInclusive, Semicolon, Star,
    };
    let bytes = rest.as_bytes();
    let second = bytes.get(1).copied().unwrap_or(0);
    let mark = match bytes[0] {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => return word(rest),
        b'0'..=b'9' => return (TokenKind::Number, number(bytes, 0)),
        b'"' => return text(rest),
        b'/' if second == b'/' => return line_comment(rest),
        b'/' if second == b'*' => return block_comment(rest),
        b'-' if second == b'>' => Arrow,
        b'-' if second.is_ascii_digit() => return (TokenKind::Number, number(bytes, 1)),
        b'.' if second == b'.' && bytes.get(2) == Some(&b'=') => RangeInclusive,
        b'.' if second == b'.' => Range,
        b'.' => Dot,
        b';' => Semicolon,
        b',' => Comma,
        b':' => Colon,
        b'@' => At,
        b'=' => Equals,
        b'?' => Question,
        b'*' => Star,
        b'#' => Hash,
        b'{' => OpenBrace,
        b'}' => CloseBrace,
        b'(' => OpenParen,
        b')' => CloseParen,
        b'<' => OpenAngle,
        b'>' => CloseAngle,
        b'[' => OpenBracket,
        b']' => CloseBracket,
        _ => {
            let character = rest.chars().next().map_or(1, char::len_utf8);
            return if character > 1 && word(rest).1 > 0 {
                word(rest)
            } else {
                (TokenKind::Unknown, character)
            };
        }
    };
    (TokenKind::Punctuation(mark), mark.text().len())
}

/// Letters, digits and `_`; no bytes where none of them comes.
fn word(rest: &str) -> (TokenKind, usize) {
    let ascii = ascii_word(rest.as_bytes(), 0);
    if rest.as_bytes().get(ascii).is_none_or(u8::is_ascii) {
        return (TokenKind::Word, ascii);
    }
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
    (if length > ascii { TokenKind::ForeignWord } else { TokenKind::Word }, length)
}

/// Past the ASCII letters, digits and `_` from `at` on.
fn ascii_word(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        at += 1;
    }
    at
}

/// Past the number whose first digit is at `at`.
fn number(bytes: &[u8], mut at: usize) -> usize {
    loop {
        while bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'_') {
            at += 1;
        }
        // A dot belongs to the number only with a digit behind it: `1..=5` begins with `1`.
        if bytes.get(at) != Some(&b'.') || !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            break;
        }
        at += 1;
    }
    let is_signed = matches!(bytes.get(at), Some(b'e' | b'E'))
        && matches!(bytes.get(at + 1), Some(b'+' | b'-'))
        && bytes.get(at + 2).is_some_and(u8::is_ascii_digit);
    ascii_word(bytes, if is_signed { at + 2 } else { at })
}

fn text(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return (TokenKind::Text, at + 1),
            Some(b'\\') if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
            Some(b'\n') | None => return (TokenKind::UnclosedText, rest[..at].trim_end().len()),
            Some(_) => at += 1,
        }
    }
}

fn line_comment(rest: &str) -> (TokenKind, usize) {
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]).trim_end();
    let kind = if line.starts_with("//!") {
        TokenKind::InnerDoc
    } else if line.starts_with("///") && !line.starts_with("////") {
        TokenKind::Doc
    } else {
        TokenKind::Comment
    };
    (kind, line.len())
}

fn block_comment(rest: &str) -> (TokenKind, usize) {
    match rest[2..].find("*/") {
        Some(found) => (TokenKind::Comment, found + 4),
        None => (TokenKind::UnclosedComment, rest.trim_end().len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let shown = tokens(input).map(|token| {
            let kind = match token.kind {
                TokenKind::Punctuation(mark) => format!("{mark:?}"),
                kind => format!("{kind:?}"),
            };
            format!("{kind} {}", token.text(input))
        });
        assert_eq!(shown.collect::<Vec<_>>().join("\n"), expected, "{input}");
    }

    #[test]
    fn numbers_end_where_they_must() {
        check("1..=5", "Number 1\nRangeInclusive ..=\nNumber 5");
        check("1.4.0", "Number 1.4.0");
        check("-1_000.5e-3x", "Number -1_000.5e-3x");
        check("2e+", "Number 2e\nUnknown +");
        check("3.a", "Number 3\nDot .\nWord a");
        check("- 1->", "Unknown -\nNumber 1\nArrow ->");
    }

    #[test]
    fn texts_end_with_their_line() {
        check(r#""a\"b" c"#, "Text \"a\\\"b\"\nWord c");
        check("\"a \r\nb", "UnclosedText \"a\nWord b");
        check("\"\\\nb", "UnclosedText \"\\\nWord b");
        check("\"\\", "UnclosedText \"\\");
    }

    #[test]
    fn comments_say_whether_they_document() {
        check(
            "//! a\r\n/// b\n//// c\n// d \n/* e\n*/f",
            "InnerDoc //! a\nDoc /// b\nComment //// c\nComment // d\nComment /* e\n*/\nWord f",
        );
        check("a /* b\n ", "Word a\nUnclosedComment /* b");
        check("/*/", "UnclosedComment /*/");
    }

    #[test]
    fn words_of_other_alphabets_stay_whole() {
        check("Größe x\u{feff}", "ForeignWord Größe\nWord x\nUnknown \u{feff}");
        check("élan1", "ForeignWord élan1");
        check("a\u{a0}b", "Word a\nUnknown \u{a0}\nWord b");
    }

    #[test]
    fn marks_are_what_they_say() {
        for mark in Punctuation::ALL {
            check(mark.text(), &format!("{mark:?} {}", mark.text()));
        }
    }
}
