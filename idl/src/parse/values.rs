//! Values: texts, numbers, names and lists of them; and lists of anything in brackets.

use super::Parser;
use super::expected::SEPARATED;
use super::recover::closing;
use crate::ast::Literal;
use crate::lex::Punctuation::{
    Arrow, CloseAngle, CloseBrace, CloseBracket, CloseParen, Comma, Equals, OpenAngle, OpenBrace,
    OpenBracket, Semicolon,
};
use crate::lex::{Keyword, Punctuation, TokenKind};
use crate::source::Spanned;

impl Parser<'_> {
    /// Rule `value`; `None` when it was reported.
    pub(super) fn literal(&mut self) -> Option<Spanned<Literal>> {
        let start = self.start();
        let value = match self.kind(0) {
            Some(TokenKind::Text | TokenKind::UnclosedText) => {
                let Spanned { value, span } = self.quoted()?;
                return Some(Spanned { value: Literal::Text(value), span });
            }
            Some(TokenKind::Number) => Literal::Number(self.bump().text(self.text).to_owned()),
            Some(TokenKind::Punctuation(OpenBracket)) => Literal::List(self.list_of_values()?),
            Some(TokenKind::Punctuation(OpenBrace)) => {
                self.empty_map()?;
                Literal::EmptyMap
            }
            _ => {
                let Spanned { value, span } = self.path("a value")?;
                return Some(Spanned { value: Literal::Name(value), span });
            }
        };
        Some(Spanned { value, span: self.span_from(start) })
    }

    fn list_of_values(&mut self) -> Option<Vec<Spanned<Literal>>> {
        let start = self.start();
        if !self.open(OpenBracket) {
            return None;
        }
        let mut values = Vec::new();
        let whole = self.list(CloseBracket, "a value", Self::is_value, |parser| {
            let value = parser.literal();
            let read = value.is_some();
            values.extend(value);
            read
        });
        self.check_length("a list", values.len(), self.limits.list_items, "values", self.span_from(start));
        whole.then_some(values)
    }

    fn empty_map(&mut self) -> Option<()> {
        if self.kind(1) == Some(TokenKind::Punctuation(CloseBrace)) {
            self.next += 2;
            return Some(());
        }
        let bracket = self.next;
        self.next += 1;
        self.expected_help("`}`", "the empty map `{}` is the only one that can be written");
        self.next = bracket;
        self.skip_group();
        None
    }

    /// Whether a value comes next, on the same line.
    pub(super) fn is_value(&self) -> bool {
        let fits = matches!(
            self.kind(0),
            Some(TokenKind::Text | TokenKind::Number | TokenKind::Word | TokenKind::Punctuation(OpenBracket))
        );
        fits && !self.is_first_on_line(0) && !self.is_field()
    }

    /// Reads elements up to the bracket that closes what was opened last. An element that says `false` has
    /// reported why. `begins` tells whether another one begins where a `,` should be. Whether all was right.
    pub(super) fn list(
        &mut self,
        close: Punctuation,
        what: &str,
        begins: impl Fn(&Self) -> bool,
        mut element: impl FnMut(&mut Self) -> bool,
    ) -> bool {
        let mut whole = true;
        while !self.at(close) {
            let start = self.next;
            whole &= self.has_element(what) && element(self);
            if self.at(close) {
                break;
            }
            if self.eat(Comma) {
                continue;
            }
            let goes_on = self.lost_separator(close, &begins);
            whole = false;
            if !goes_on && (self.is_end_of_list(close) || !self.skip_element(close, &begins)) {
                break;
            }
            if self.next == start {
                break;
            }
        }
        if !self.at(close) && whole {
            self.unclosed_list(close);
            whole = false;
        }
        self.close(close);
        whole
    }

    /// Refuses a list that goes on with something else, rather than to read that as an element.
    fn has_element(&mut self, what: &str) -> bool {
        let is_other = self.is_declaration() || self.is_member();
        if is_other {
            self.expected(what);
        }
        !is_other
    }

    /// Reports what comes in place of a `,`. Whether the list goes on behind it.
    fn lost_separator(&mut self, close: Punctuation, begins: &impl Fn(&Self) -> bool) -> bool {
        let wanted = format!("`,` or `{}`", close.text());
        if self.is_declaration() || self.is_member() {
            self.unclosed_list(close);
            return false;
        }
        if begins(self) {
            self.missing(Comma, &wanted, None);
            return true;
        }
        if self.at(Semicolon) && close == CloseParen {
            self.next += 1;
            let goes_on = self.is_field();
            self.next -= 1;
            if goes_on {
                self.expected_help(&wanted, SEPARATED);
                self.next += 1;
                return true;
            }
        }
        if matches!(self.kind(0), Some(TokenKind::Doc)) {
            self.expected(&wanted);
            self.skip_docs();
            return !self.at(close);
        }
        if self.is_end_of_list(close) {
            self.unclosed_list(close);
        } else {
            self.expected(&wanted);
        }
        false
    }

    /// Whether something comes that ends what the list is part of.
    fn is_end_of_list(&self, close: Punctuation) -> bool {
        match self.kind(0) {
            Some(TokenKind::Punctuation(Semicolon | CloseBrace)) => true,
            Some(TokenKind::Punctuation(Arrow)) => close == CloseParen,
            Some(TokenKind::Punctuation(Equals)) => close == CloseAngle,
            Some(TokenKind::Punctuation(mark)) => self.open.iter().any(|(open, _)| closing(*open) == mark),
            Some(TokenKind::Word) => {
                self.is_field() || self.is_first_on_line(0) || self.at_keyword(Keyword::Raises)
            }
            _ => false,
        }
    }

    fn unclosed_list(&mut self, close: Punctuation) {
        // A stray `<` is as likely as a lost `>`.
        if close == CloseAngle {
            self.expected("`,` or `>`");
        } else if self.open.last().is_some_and(|(open, _)| *open != OpenAngle) {
            self.unclosed_here();
        }
    }
}
