//! Tokens to values: names, texts, versions, lines of docs.

use super::Parser;
use crate::error::SchemaError;
use crate::lex::{Punctuation, Token, TokenKind};
use crate::source::{Span, Spanned};
use crate::version::Version;

impl Parser<'_> {
    /// A name without dots. `None` when something else comes, which was reported.
    pub(super) fn ident(&mut self) -> Option<Spanned<String>> {
        if self.is_fresh_start() && !self.is_field() {
            self.expected("a name");
            return None;
        }
        self.name_word("a name").map(|token| self.name(self.span(token)))
    }

    /// Dotted words without blanks between them; `None` as for [`Self::ident`].
    pub(super) fn path(&mut self, what: &str) -> Option<Spanned<String>> {
        // Behind an `@` every word is a name.
        let is_free = self.next == 0 || !self.is_attached(0);
        if is_free && self.is_fresh_start() {
            self.expected(what);
            return None;
        }
        let first = self.name_word(what)?;
        let mut whole = true;
        loop {
            let is_dotted = self.at(Punctuation::Dot) && self.is_attached(0) && self.is_attached(1);
            let is_word = |kind| matches!(kind, Some(TokenKind::Word | TokenKind::ForeignWord));
            if is_dotted && is_word(self.kind(1)) {
                self.next += 1;
                self.name_word(what);
            } else if self.at(Punctuation::Colon) && self.is_attached(1) && is_word(self.kind(2)) {
                let colon = self.kind(1) == Some(TokenKind::Punctuation(Punctuation::Colon));
                if !colon {
                    break;
                }
                if whole {
                    self.expected_help("`.`", "names are joined by dots, as in `maps.geo`");
                }
                self.next += 3;
                whole = false;
            } else {
                break;
            }
        }
        let name = self.name(self.span_from(first.start));
        whole.then_some(name)
    }

    /// One word of a name. Letters that names cannot have are reported, and else change nothing.
    fn name_word(&mut self, what: &str) -> Option<Token> {
        match self.kind(0) {
            Some(TokenKind::Word) => {}
            Some(TokenKind::ForeignWord) => {
                let token = self.bump();
                self.foreign_letter(token, "not a letter of names");
                return Some(token);
            }
            _ => {
                self.expected(what);
                return None;
            }
        }
        Some(self.bump())
    }

    /// What a span says, as a name.
    pub(super) fn name(&mut self, span: Span) -> Spanned<String> {
        let text = &self.text[span.start as usize..span.end as usize];
        self.check_length("a name", text.len(), self.limits.name_bytes, "bytes", span);
        Spanned { value: text.to_owned(), span }
    }

    /// The version of a package: three numbers. `None` when it is none, which was reported.
    pub(super) fn version(&mut self, token: Token) -> Option<Version> {
        let text = token.text(self.text);
        let parsed = text.parse::<Version>().ok();
        let whole = parsed.filter(|version| version.to_string() == text);
        if whole.is_none() {
            let help = match parsed {
                Some(version) => format!("write `{version}`"),
                None => "write three numbers, as in `1.4.0`".to_owned(),
            };
            let span = self.span(token);
            self.note(SchemaError::BadVersion { text: text.to_owned(), help, span });
        }
        whole
    }

    /// The `2` of `use a.b@2`.
    pub(super) fn major(&mut self, token: Token) -> Option<Spanned<u32>> {
        let (text, span) = (token.text(self.text), self.span(token));
        let value = text.parse::<u32>().ok().filter(|major| major.to_string() == text);
        if value.is_none() {
            let major = text.split('.').next().filter(|major| major.parse::<u32>().is_ok()).unwrap_or("2");
            self.note(SchemaError::BadVersion {
                text: text.to_owned(),
                help: format!("an import names a major only: `@{major}`"),
                span,
            });
        }
        // Close enough to look for the package.
        let value = value.or_else(|| text.split('.').next()?.parse().ok());
        value.map(|value| Spanned { value, span })
    }

    /// The text of a doc comment, without its marker and one blank.
    pub(super) fn doc_line(&self, token: Token) -> String {
        let text = token.text(self.text)[3..].trim_end();
        text.strip_prefix(' ').unwrap_or(text).to_owned()
    }

    /// Whether a text in quotes comes next, with or without its end.
    pub(super) fn at_text(&self) -> bool {
        matches!(self.kind(0), Some(TokenKind::Text | TokenKind::UnclosedText))
    }

    /// A text in quotes, which comes next, with its escapes replaced. `None` when it cannot be relied on, which
    /// was reported.
    pub(super) fn quoted(&mut self) -> Option<Spanned<String>> {
        let token = self.bump();
        let span = self.span(token);
        let mut inner = &token.text(self.text)[1..];
        if token.kind == TokenKind::UnclosedText {
            self.unclosed_text(token);
            return None;
        }
        inner = &inner[..inner.len() - 1];
        self.check_length("a text", inner.len(), self.limits.text_bytes, "bytes", span);
        let value = self.unescape(inner, span)?;
        Some(Spanned { value, span })
    }

    fn unescape(&mut self, inner: &str, span: Span) -> Option<String> {
        let mut whole = true;
        let mut text = String::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(at) = rest.find('\\') {
            text.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = match escape(rest) {
                Ok((character, length)) => {
                    text.push(character);
                    length
                }
                Err(length) => {
                    let start = span.start + 1 + (inner.len() - rest.len()) as u32;
                    let span = Span { start, end: start + length as u32, ..span };
                    self.note(SchemaError::BadEscape { escape: rest[..length].to_owned(), span });
                    whole = false;
                    length
                }
            };
            rest = &rest[length..];
        }
        text.push_str(rest);
        whole.then_some(text)
    }

    pub(super) fn check_length(
        &mut self,
        what: &'static str,
        length: usize,
        limit: usize,
        unit: &'static str,
        span: Span,
    ) {
        if length > limit {
            let span = Span { end: span.end.min(span.start + 40), ..span };
            self.note(SchemaError::TooLong { what, limit, unit, span });
        }
    }
}

/// The character that an escape at the start of `text` stands for and its length; how much to skip otherwise.
fn escape(text: &str) -> Result<(char, usize), usize> {
    let Some(kind) = text[1..].chars().next() else { return Err(1) };
    let simple = match kind {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        '"' => '"',
        '\\' => '\\',
        'u' => return unicode_escape(text),
        _ => return Err(1 + kind.len_utf8()),
    };
    Ok((simple, 2))
}

/// `\u{1F4A1}`: one to six hexadecimal digits of a character.
fn unicode_escape(text: &str) -> Result<(char, usize), usize> {
    let digits = text.strip_prefix("\\u{").ok_or(2usize)?;
    let end = digits.find('}').filter(|end| (1..=6).contains(end)).ok_or(3usize)?;
    let hexadecimal = digits[..end].bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(&digits[..end], 16).ok().filter(|_| hexadecimal);
    code.and_then(char::from_u32).map(|character| (character, end + 4)).ok_or(end + 4)
}
