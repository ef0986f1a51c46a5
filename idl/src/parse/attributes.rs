//! What stands before declarations and members: docs and attributes.

use super::Parser;
use super::expected::DOC_OF_NOTHING;
use crate::ast::{Argument, Attribute, Head};
use crate::lex::{Punctuation, TokenKind};
use crate::resolve::is_attribute;
use crate::source::{Span, Spanned};

/// Docs and attributes, before it is known of what.
#[derive(Default)]
pub(super) struct Prelude {
    pub(super) docs: Vec<String>,
    pub(super) attributes: Vec<Attribute>,
    /// Whether a doc line stands last.
    ends_in_docs: bool,
}

impl Prelude {
    pub(super) fn is_empty(&self) -> bool {
        self.docs.is_empty() && self.attributes.is_empty()
    }

    /// What to do when nothing follows.
    pub(super) fn of_nothing(&self) -> &'static str {
        if self.ends_in_docs { DOC_OF_NOTHING } else { "an attribute stands before what it is about" }
    }
}

impl Parser<'_> {
    /// Rule `prelude`, before `what`.
    pub(super) fn prelude(&mut self, what: &str) -> Prelude {
        let mut prelude = Prelude::default();
        loop {
            match self.kind(0) {
                Some(TokenKind::Doc) => {
                    let token = self.bump();
                    prelude.docs.push(self.doc_line(token));
                    prelude.ends_in_docs = true;
                }
                Some(TokenKind::Punctuation(Punctuation::At)) => {
                    if prelude.attributes.is_empty() {
                        // More than one is rare.
                        prelude.attributes.reserve_exact(1);
                    }
                    prelude.attributes.extend(self.attribute());
                    prelude.ends_in_docs = false;
                }
                Some(TokenKind::InnerDoc) => {
                    self.unexpected(what, None);
                    self.skip_docs();
                }
                Some(TokenKind::Word) if self.is_bare_attribute() => {
                    let help = format!("attributes begin with `@`: `@{}(…)`", self.word(0));
                    self.unexpected(what, Some(help));
                    let start = self.start();
                    prelude.attributes.extend(self.attribute_from(start));
                }
                _ => return prelude,
            }
        }
    }

    /// Whether an attribute comes without its `@`: with a value, no name is followed by that.
    fn is_bare_attribute(&self) -> bool {
        self.kind(1) == Some(TokenKind::Punctuation(Punctuation::OpenParen))
            && matches!(self.kind(2), Some(TokenKind::Number | TokenKind::Text | TokenKind::Word))
            && !matches!(self.kind(3), Some(TokenKind::Punctuation(Punctuation::Colon)))
            && is_attribute(self.word(0))
    }

    /// Passes over docs that document nothing.
    pub(super) fn skip_docs(&mut self) {
        while matches!(self.kind(0), Some(TokenKind::Doc | TokenKind::InnerDoc)) {
            self.next += 1;
        }
    }

    /// Rule `attribute`. `None` when it says nothing that can be relied on.
    pub(super) fn attribute(&mut self) -> Option<Attribute> {
        let start = self.bump().start;
        let is_name = matches!(self.kind(0), Some(TokenKind::Word | TokenKind::ForeignWord));
        if !is_name || !self.is_attached(0) {
            self.expected_help("an attribute's name", "it stands right behind the `@`, as in `@since(1.2)`");
            if !is_name || self.is_first_on_line(0) || self.is_fresh_start() {
                self.damage.attributes = true;
                return None;
            }
        }
        self.attribute_from(start)
    }

    /// An attribute from its name on.
    fn attribute_from(&mut self, start: u32) -> Option<Attribute> {
        let attribute = self.named_attribute(start);
        self.damage.attributes |= attribute.is_none();
        attribute
    }

    fn named_attribute(&mut self, start: u32) -> Option<Attribute> {
        let mut name = self.path("an attribute's name")?;
        name.span = Span { start, ..name.span };
        let mut arguments = Vec::new();
        let mut whole = true;
        if self.at(Punctuation::OpenParen) {
            if !self.open(Punctuation::OpenParen) {
                return None;
            }
            arguments.reserve_exact(1);
            whole = self.list(Punctuation::CloseParen, "a value", Self::is_value, |parser| {
                let argument = parser.argument();
                let read = argument.is_some();
                arguments.extend(argument);
                read
            });
        } else if matches!(self.kind(0), Some(TokenKind::Number | TokenKind::Text))
            && !self.is_first_on_line(0)
        {
            let value = self.token(0).map_or("", |token| token.text(self.text));
            let help = format!("values stand in parentheses: `@{}({value})`", name.value);
            self.expected_with("`(`", Some(help));
            self.next += 1;
            self.eat(Punctuation::CloseParen);
            whole = false;
        }
        whole.then(|| Attribute { name, arguments, span: self.span_from(start) })
    }

    /// Rule `argument`.
    fn argument(&mut self) -> Option<Argument> {
        let mut name = None;
        let is_named =
            matches!(self.kind(1), Some(TokenKind::Punctuation(Punctuation::Equals | Punctuation::Colon)));
        if self.kind(0) == Some(TokenKind::Word) && is_named {
            name = Some(self.ident_before("`=`")?);
        }
        Some(Argument { name, value: self.literal()? })
    }

    /// A name and the `=` behind it, for which many write `:`.
    pub(super) fn ident_before(&mut self, equals: &str) -> Option<Spanned<String>> {
        let token = self.bump();
        let name = self.name(self.span(token));
        if !self.eat(Punctuation::Equals) {
            self.expected_with(equals, Some(format!("a value is named with `=`: `{} = …`", name.value)));
            self.next += 1;
        }
        Some(name)
    }

    /// The head of something whose keyword or name begins at `start`, up to the last token read.
    pub(super) fn head(&self, prelude: Prelude, name: Spanned<String>, start: u32) -> Head {
        let start = prelude.attributes.first().map_or(start, |first| first.span.start);
        let Prelude { docs, attributes, .. } = prelude;
        Head { docs, attributes, name, span: self.span_from(start) }
    }
}
