//! Uses of types, and the constraints behind them.

use super::Parser;
use crate::ast::{Constraint, ConstraintKind, TypeRef};
use crate::lex::Punctuation::{
    CloseAngle, CloseBracket, CloseParen, Colon, Equals, OpenAngle, OpenBrace, OpenBracket, OpenParen,
    Question, Range, RangeInclusive,
};
use crate::lex::{Keyword, TokenKind};
use crate::scalar::GENERICS;
use crate::source::{Span, Spanned};

impl Parser<'_> {
    /// Rule `type`. What cannot be read is a type of which nothing is known.
    pub(super) fn type_ref(&mut self) -> TypeRef {
        let start = self.start();
        self.read_type().unwrap_or_else(|| {
            let span = Span { end: start, ..self.span_from(start) };
            TypeRef::unknown(span)
        })
    }

    /// `None` when it was reported, and nothing can be relied on.
    fn read_type(&mut self) -> Option<TypeRef> {
        let start = self.start();
        let mut ty = match self.kind(0) {
            Some(TokenKind::Punctuation(OpenBracket)) => self.list_in_brackets()?,
            Some(TokenKind::Punctuation(OpenParen)) => {
                return self.no_type("several values are fields of one `struct`");
            }
            Some(TokenKind::Punctuation(OpenBrace)) => {
                return self.no_type("declare it: `struct Name { … }`, and write the name here");
            }
            Some(TokenKind::Punctuation(Question)) => {
                self.expected_help("a type", "an optional type is written `T?`");
                self.next += 1;
                TypeRef { optional: 1, ..self.read_type()? }
            }
            _ => self.named_type()?,
        };
        if self.at(OpenBracket) && self.is_attached(0) {
            let help = format!("a list is written `list<{}>`", ty.name.value);
            self.expected_with("`<` or `?`", Some(help));
            self.skip_group();
            ty = list_of(ty);
        }
        while self.eat(Question) {
            ty.optional += 1;
        }
        if ty.optional > 0 {
            ty.span = self.span_from(start);
        }
        Some(ty)
    }

    fn no_type(&mut self, help: &str) -> Option<TypeRef> {
        self.expected_help("a type", help);
        self.skip_group();
        None
    }

    /// `[T]` or `[]T`, as other languages write lists.
    fn list_in_brackets(&mut self) -> Option<TypeRef> {
        self.expected_help("a type", "a list is written `list<T>`");
        if self.kind(1) == Some(TokenKind::Punctuation(CloseBracket)) {
            self.next += 2;
            return self.read_type().map(list_of);
        }
        if !self.open(OpenBracket) {
            return None;
        }
        let mut element = None;
        self.list(
            CloseBracket,
            "a type",
            |_| false,
            |parser| {
                element = parser.read_type();
                element.is_some()
            },
        );
        element.map(list_of)
    }

    fn named_type(&mut self) -> Option<TypeRef> {
        let name = self.path("a type")?;
        let mut arguments = Vec::new();
        let mut constraints = Vec::new();
        if self.at(OpenAngle) {
            if !self.open(OpenAngle) {
                return None;
            }
            arguments.reserve_exact(1);
            if self.at(CloseAngle) {
                self.expected("a type");
            }
            let whole = self.list(CloseAngle, "a type", Self::is_type, |parser| {
                let argument = parser.read_type();
                let read = argument.is_some();
                arguments.extend(argument);
                read
            });
            if !whole || arguments.is_empty() {
                return None;
            }
        }
        let takes_types = GENERICS.iter().any(|(generic, _)| *generic == name.value);
        if takes_types && arguments.is_empty() && self.is_type() {
            self.expected_with("`<`", Some(format!("write `{}<{}>`", name.value, self.word(0))));
            self.read_type();
            self.eat(CloseAngle);
            return None;
        }
        if self.at(OpenParen) {
            constraints = self.constraints();
        }
        let span = self.span_from(name.span.start);
        let (arguments, constraints) = (arguments.into(), constraints.into());
        Some(TypeRef { name, arguments, constraints, optional: 0, inner_end: span.end, span })
    }

    /// Whether another type comes next, on the same line.
    fn is_type(&self) -> bool {
        self.kind(0) == Some(TokenKind::Word)
            && !self.is_field()
            && !self.is_first_on_line(0)
            && !self.at_keyword(Keyword::Raises)
    }

    /// Rule `constraints`; none if they could not be read.
    fn constraints(&mut self) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        if !self.open(OpenParen) {
            return constraints;
        }
        constraints.reserve_exact(1);
        if self.at(CloseParen) {
            self.expected("a range or `pattern`");
        }
        let whole = self.list(CloseParen, "a range or `pattern`", Self::is_value, |parser| {
            let constraint = parser.constraint();
            let read = constraint.is_some();
            constraints.extend(constraint);
            read
        });
        if whole { constraints } else { Vec::new() }
    }

    fn constraint(&mut self) -> Option<Constraint> {
        let start = self.start();
        if self.is_field() && self.kind(2) == Some(TokenKind::Word) {
            self.unclosed_here();
            return None;
        }
        let kind = match (self.kind(0), self.kind(1)) {
            (Some(TokenKind::Word), Some(TokenKind::Punctuation(Equals | Colon))) => {
                let name = self.ident_before("`=`")?;
                ConstraintKind::Named(name, self.literal()?)
            }
            (Some(TokenKind::Punctuation(Range | RangeInclusive)), _)
            | (Some(TokenKind::Number), Some(TokenKind::Punctuation(Range | RangeInclusive))) => self.range(),
            (Some(TokenKind::Number), Some(TokenKind::Number)) => {
                self.next += 1;
                self.expected_help("`..` or `..=`", "a range is written `1..=500`");
                return None;
            }
            (Some(TokenKind::Word | TokenKind::Number | TokenKind::Text | TokenKind::UnclosedText), _)
            | (Some(TokenKind::Punctuation(OpenBracket | OpenBrace)), _) => {
                ConstraintKind::Value(self.literal()?.value)
            }
            _ => {
                self.expected("a range or `pattern`");
                return None;
            }
        };
        Some(Constraint { kind, span: self.span_from(start) })
    }

    fn range(&mut self) -> ConstraintKind {
        let min = self.bound();
        let inclusive = self.at(RangeInclusive);
        self.next += 1;
        ConstraintKind::Range { min, inclusive, max: self.bound() }
    }

    fn bound(&mut self) -> Option<Spanned<String>> {
        if self.kind(0) != Some(TokenKind::Number) {
            return None;
        }
        let token = self.bump();
        Some(Spanned { value: token.text(self.text).to_owned(), span: self.span(token) })
    }
}

fn list_of(element: TypeRef) -> TypeRef {
    let span = element.span;
    let name = Spanned { value: "list".to_owned(), span };
    TypeRef { arguments: [element].into(), ..TypeRef::named(name) }
}
