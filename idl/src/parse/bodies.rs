//! What stands in braces or parentheses: fields, parameters, variants.

use super::Parser;
use super::attributes::Prelude;
use super::expected::{NAME_AND_TYPE, SEPARATED};
use crate::ast::{Enum, Field, Head, Record};
use crate::lex::Punctuation::{
    At, CloseBrace, Colon, Comma, Dot, Equals, OpenAngle, OpenBrace, OpenParen, Question, Semicolon,
};
use crate::lex::{Keyword, TokenKind};
use crate::scalar::builtin_names;
use crate::source::Spanned;

impl Parser<'_> {
    /// Rule `record`, behind `keyword name`.
    pub(super) fn record(&mut self, declared: &str) -> Record {
        let (mut fields, mut reserved) = (Vec::new(), Vec::new());
        let whole = self.members(declared, false, &mut reserved, |parser, prelude| {
            parser.field(prelude, &mut fields).is_some()
        });
        // Trees of large schemas are mostly fields: no room for more of them.
        fields.shrink_to_fit();
        Record { closed: false, fields, reserved, damaged: !whole }
    }

    /// Rule `variants`, behind `keyword name`.
    pub(super) fn variants(&mut self, declared: &str, closed: bool) -> Enum {
        let (mut variants, mut reserved) = (Vec::new(), Vec::new());
        let mut numbered = false;
        let whole = self.members(declared, true, &mut reserved, |parser, prelude| {
            let variant = parser.variant(prelude, &mut numbered);
            let read = variant.is_some();
            variants.extend(variant);
            read
        });
        variants.shrink_to_fit();
        Enum { closed, variants, reserved, damaged: !whole }
    }

    /// Members with `,` between them, in braces. Whether all of them were read.
    fn members(
        &mut self,
        declared: &str,
        is_enum: bool,
        reserved: &mut Vec<Spanned<String>>,
        mut member: impl FnMut(&mut Self, Prelude) -> bool,
    ) -> bool {
        let Some(mut whole) = self.open_body(declared) else { return false };
        let mut habit = false;
        self.lost_member = false;
        loop {
            let (first, noted) = (self.next, self.errors.len());
            let Some(prelude) = self.next_member("a name") else {
                whole &= self.errors.len() == noted;
                break;
            };
            let start = self.next;
            if self.is_reserved() {
                self.reserved(&prelude, reserved);
            } else if member(self, prelude) {
                self.lost_member = false;
                whole &= self.separator(&mut habit, is_enum);
            } else {
                whole = false;
                self.lost_member = true;
                self.skip_member();
            }
            if self.next == start {
                self.next += 1;
            }
            self.note_damage(first, noted);
        }
        whole
    }

    /// Opens the body of `keyword name`; where its `{` is missing, looks for it on the same line.
    /// `Some(false)` when something was lost, `None` when there is no body.
    pub(super) fn open_body(&mut self, declared: &str) -> Option<bool> {
        if self.at(OpenBrace) {
            return self.open(OpenBrace).then_some(true);
        }
        let help = match self.kind(0) {
            Some(TokenKind::Punctuation(Semicolon)) => {
                Some(format!("without members, write `{declared} {{}}`"))
            }
            Some(TokenKind::Punctuation(OpenParen)) => {
                Some(format!("members have names: `{declared} {{ name: … }}`"))
            }
            Some(TokenKind::Punctuation(OpenAngle)) => {
                Some("only `list`, `set` and `map` take types".to_owned())
            }
            Some(TokenKind::Punctuation(Colon)) => {
                Some("nothing inherits: name the other type in a field".to_owned())
            }
            Some(TokenKind::Word) if matches!(self.word(0), "extends" | "implements") => {
                Some("nothing inherits: name the other type in a field".to_owned())
            }
            _ => Some(format!("members stand in braces: `{declared} {{ … }}`")),
        };
        // What was read of a dotted name is not the name.
        self.damage.any_name |= self.at(Dot);
        self.expected_with("`{`", help);
        loop {
            if self.at(OpenBrace) {
                return self.open(OpenBrace).then_some(true);
            }
            if self.is_field() || self.is_member() || self.is_body() {
                self.open_missing(OpenBrace);
                return Some(true);
            }
            if self.eat(Semicolon) || self.at(CloseBrace) || self.is_first_on_line(0) || self.at_end() {
                return None;
            }
            self.skip_group();
        }
    }

    /// Whether a body is over: its `}` was read, or it is missing and that was reported.
    pub(super) fn ends_body(&mut self) -> bool {
        if !self.at(CloseBrace) {
            if !self.at_end() && !self.is_declaration() {
                return false;
            }
            self.unclosed_here();
        }
        self.close(CloseBrace);
        true
    }

    /// The docs and attributes of the next member; `None` when the body is over.
    pub(super) fn next_member(&mut self, what: &str) -> Option<Prelude> {
        let (start, noted, reported_at) = (self.next, self.errors.len(), self.reported_at);
        if self.ends_body() {
            return None;
        }
        let prelude = self.prelude(what);
        if self.next > start && self.is_declaration() {
            // They are the declaration's: it will read them again, and report what is wrong in them.
            self.errors.truncate(noted);
            self.reported_at = reported_at;
            self.unclosed_here();
            self.reported_at = reported_at;
            self.next = start;
            self.open.pop();
            return None;
        }
        if !prelude.is_empty() && (self.at(CloseBrace) || self.at_end()) {
            self.unexpected(what, Some(prelude.of_nothing().to_owned()));
        }
        if self.next > start && self.ends_body() {
            return None;
        }
        Some(prelude)
    }

    /// Reads what stands between two members. Whether nothing was lost. `habit` tells that a mistake of this
    /// kind was reported in this body: who makes it once makes it everywhere.
    fn separator(&mut self, habit: &mut bool, is_enum: bool) -> bool {
        const WANTED: &str = "`,` or `}`";
        match self.kind(0) {
            Some(TokenKind::Punctuation(Comma)) => self.next += 1,
            Some(TokenKind::Punctuation(CloseBrace)) | None => {}
            Some(TokenKind::Punctuation(Semicolon)) => {
                if !std::mem::replace(habit, true) {
                    self.expected_help(WANTED, SEPARATED);
                }
                self.next += 1;
            }
            Some(TokenKind::Doc | TokenKind::InnerDoc) if !self.is_first_on_line(0) => {
                self.expected(WANTED);
                self.skip_docs();
            }
            _ if self.is_declaration() => {}
            // Nor do the variants of an enum that is written without them have any.
            Some(TokenKind::Word) if is_enum && *habit => {}
            _ if self.begins_member(is_enum) => {
                *habit |= is_enum;
                self.missing(Comma, WANTED, Some(SEPARATED));
            }
            _ => {
                self.expected(WANTED);
                self.skip_member();
                return false;
            }
        }
        true
    }

    /// Whether another member begins where a `,` should be.
    fn begins_member(&self, is_enum: bool) -> bool {
        match self.kind(0) {
            Some(TokenKind::Doc | TokenKind::Punctuation(At)) => true,
            Some(TokenKind::Word) => is_enum || self.is_field() || self.is_first_on_line(0),
            _ => false,
        }
    }

    /// Whether `reserved` comes with what it reserves, and is no name.
    fn is_reserved(&self) -> bool {
        self.at_keyword(Keyword::Reserved)
            && match self.kind(1) {
                Some(TokenKind::Text | TokenKind::UnclosedText | TokenKind::Number) => true,
                Some(TokenKind::Word) => !self.is_first_on_line(1),
                _ => false,
            }
    }

    /// Rule `reserved`.
    fn reserved(&mut self, prelude: &Prelude, into: &mut Vec<Spanned<String>>) {
        if !prelude.is_empty() {
            self.unexpected("a name", Some("`reserved` takes neither docs nor attributes".to_owned()));
        }
        self.next += 1;
        loop {
            if !self.at_text() {
                let word = self.word(0);
                let help = match word {
                    "" => "fields travel by name, so names are reserved, in quotes".to_owned(),
                    word => format!("names are reserved in quotes: `\"{word}\"`"),
                };
                self.expected_with("a text in quotes", Some(help));
                return self.skip_statement();
            }
            into.extend(self.quoted());
            if !self.eat(Comma) || self.at(Semicolon) || self.at(CloseBrace) {
                self.semicolon();
                return;
            }
        }
    }

    /// The name that a field or variant begins with; `None` when something else comes, which was reported.
    fn name_of_member(&mut self) -> Option<Spanned<String>> {
        if matches!(self.kind(0), Some(TokenKind::Word | TokenKind::ForeignWord)) {
            return self.ident();
        }
        // Behind a member that could not be read this is the rest of it.
        if !self.lost_member {
            self.unexpected("a name", None);
        }
        None
    }

    /// Rule `field`: a field, a parameter, or a variant of a union. `None` when there is no telling what was
    /// meant, which was reported.
    pub(super) fn field(&mut self, prelude: Prelude, into: &mut Vec<Field>) -> Option<()> {
        let mut name = self.name_of_member()?;
        let mut optional = 0;
        if !self.eat(Colon) {
            if self.at(Question) && self.kind(1) == Some(TokenKind::Punctuation(Colon)) {
                let help = format!("the type is what is optional: `{}: type?`", name.value);
                self.expected_with("`:`", Some(help));
                self.next += 2;
                optional = 1;
            } else if self.is_first_on_line(0) {
                self.missing(Colon, "`:`", Some(NAME_AND_TYPE));
                return None;
            } else if self.is_field() {
                let help = format!("{NAME_AND_TYPE}: take `{}` out", name.value);
                self.expected_with("`:`", Some(help));
                name = self.ident()?;
                self.next += 1;
            } else if self.begins_type() {
                let help = format!("{NAME_AND_TYPE}: `{}: {}`", name.value, self.word(0));
                self.expected_with("`:`", Some(help));
            } else {
                return self.type_before_name(prelude, name, into);
            }
        }
        let mut ty = self.type_ref();
        if optional > ty.optional {
            ty.optional = optional;
        }
        let mut default = None;
        if self.eat(Equals) {
            default = self.literal().map(Box::new);
        }
        let start = name.span.start;
        into.push(Field { head: self.head(prelude, name, start), ty, default });
        Some(())
    }

    /// Whether a type comes for sure, and not a name.
    fn begins_type(&self) -> bool {
        let goes_on = matches!(self.kind(1), Some(TokenKind::Punctuation(OpenAngle | Question)));
        let is_constrained = self.kind(1) == Some(TokenKind::Punctuation(OpenParen));
        let is_builtin = builtin_names().any(|name| name == self.word(0));
        self.kind(0) == Some(TokenKind::Word)
            && (goes_on || (is_builtin && (is_constrained || self.kind(1) != Some(TokenKind::Word))))
    }

    /// `string name`, or no type at all.
    fn type_before_name(
        &mut self,
        prelude: Prelude,
        ty: Spanned<String>,
        into: &mut Vec<Field>,
    ) -> Option<()> {
        let is_method =
            [0, 1].map(|ahead| self.kind(ahead)).contains(&Some(TokenKind::Punctuation(OpenParen)));
        if self.kind(0) != Some(TokenKind::Word) || self.is_fresh_start() || is_method {
            let help = if is_method { "methods stand in an `interface`" } else { NAME_AND_TYPE };
            self.expected_help("`:`", help);
            return None;
        }
        let mut ty = ty;
        let modifier = self.kind(1) == Some(TokenKind::Word) && !self.is_first_on_line(1);
        let (written, name) = match (modifier, ty.value.as_str()) {
            (false, _) => (ty.value.clone(), self.word(0)),
            (true, "repeated") => (format!("list<{}>", self.word(0)), self.word(1)),
            (true, "optional") => (format!("{}?", self.word(0)), self.word(1)),
            (true, _) => (self.word(0).to_owned(), self.word(1)),
        };
        self.expected_with("`:`", Some(format!("{NAME_AND_TYPE}: `{name}: {written}`")));
        if modifier {
            ty = self.ident()?;
        }
        let name = self.ident()?;
        if self.at(Equals) && self.kind(1) == Some(TokenKind::Number) {
            // The number of a field, in languages that write it so.
            self.next += 2;
        }
        let ty = crate::ast::TypeRef::named(ty);
        let start = ty.span.start;
        into.push(Field { head: self.head(prelude, name, start), ty, default: None });
        Some(())
    }

    /// Rule `variant`; `None` as for [`Self::field`].
    fn variant(&mut self, prelude: Prelude, numbered: &mut bool) -> Option<Head> {
        let name = self.name_of_member()?;
        let start = name.span.start;
        let head = self.head(prelude, name, start);
        match self.kind(0) {
            Some(TokenKind::Punctuation(Equals)) => {
                // Who numbers one numbers all.
                if !std::mem::replace(numbered, true) {
                    let help = "variants travel by name and have no numbers";
                    self.expected_help("`,` or `}`", help);
                }
                self.next += 1;
                self.literal();
            }
            Some(TokenKind::Punctuation(Colon | OpenParen | OpenBrace)) => {
                self.expected_help("`,` or `}`", "variants with values belong to a `union`: `name: type`");
                if self.eat(Colon) {
                    self.type_ref();
                } else {
                    self.skip_group();
                }
            }
            _ => {}
        }
        Some(head)
    }
}
