//! Tokens to values: names, texts, versions, literals.

use super::node::Node;
use super::{Builder, Rule};
use crate::ast::Literal;
use crate::error::SchemaError;
use crate::source::{Span, Spanned};
use crate::version::Version;

impl Builder<'_> {
    pub(super) fn name(&mut self, node: &Node<'_>) -> Spanned<String> {
        self.check_length("a name", node.text().len(), self.limits.name_bytes, "bytes", node.span);
        Spanned { value: node.text().to_owned(), span: node.span }
    }

    /// The version of a package: three numbers.
    pub(super) fn version(&mut self, node: &Node<'_>) -> Spanned<Version> {
        let text = node.text();
        let parsed = text.parse::<Version>().ok();
        let whole = parsed.filter(|version| version.to_string() == text);
        if whole.is_none() {
            let help = match parsed {
                Some(version) => format!("write `{version}`"),
                None => "write three numbers, as in `1.4.0`".to_owned(),
            };
            self.errors.push(SchemaError::BadVersion { text: text.to_owned(), help, span: node.span });
        }
        Spanned { value: whole.unwrap_or(Version::new(1, 0, 0)), span: node.span }
    }

    /// The `2` of `use a.b@2`.
    pub(super) fn major(&mut self, node: &Node<'_>) -> Spanned<u32> {
        let text = node.text();
        let value = text.parse::<u32>().ok().filter(|major| major.to_string() == text);
        if value.is_none() {
            let major = text.split('.').next().filter(|major| major.parse::<u32>().is_ok()).unwrap_or("2");
            self.errors.push(SchemaError::BadVersion {
                text: text.to_owned(),
                help: format!("an import names a major only: `@{major}`"),
                span: node.span,
            });
        }
        Spanned { value: value.unwrap_or(0), span: node.span }
    }

    pub(super) fn literal(&mut self, node: Node<'_>) -> Option<Spanned<Literal>> {
        let child = node.children().next()?;
        let span = child.span;
        let value = match child.rule() {
            Rule::string => Literal::Text(self.string(child)),
            Rule::number => Literal::Number(child.text().to_owned()),
            Rule::name => Literal::Name(self.name(&child).value),
            Rule::list => {
                let values = child
                    .children()
                    .filter(|child| child.rule() == Rule::literal)
                    .map(|child| self.literal(child))
                    .collect::<Option<Vec<_>>>()?;
                self.check_length("a list", values.len(), self.limits.list_items, "values", span);
                Literal::List(values)
            }
            _ => Literal::EmptyMap,
        };
        Some(Spanned { value, span })
    }

    /// A text in quotes with its escapes replaced.
    pub(super) fn string(&mut self, node: Node<'_>) -> String {
        let Some(inner) = node.child(Rule::string_text) else { return String::new() };
        self.check_length("a text", inner.text().len(), self.limits.text_bytes, "bytes", node.span);
        let mut text = String::with_capacity(inner.text().len());
        let mut rest = inner.text();
        while let Some(at) = rest.find('\\') {
            text.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = match escape(rest) {
                Ok((character, length)) => {
                    text.push(character);
                    length
                }
                Err(length) => {
                    let start = inner.span.start + (inner.text().len() - rest.len()) as u32;
                    let span = Span { start, end: start + length as u32, ..inner.span };
                    self.errors.push(SchemaError::BadEscape { escape: rest[..length].to_owned(), span });
                    length
                }
            };
            rest = &rest[length..];
        }
        text.push_str(rest);
        text
    }

    fn check_length(
        &mut self,
        what: &'static str,
        length: usize,
        limit: usize,
        unit: &'static str,
        span: Span,
    ) {
        if length > limit {
            let span = Span { end: span.end.min(span.start + 40), ..span };
            self.errors.push(SchemaError::TooLong { what, limit, unit, span });
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
