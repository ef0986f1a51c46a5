//! Interfaces: methods, and the events they emit and handle.

use super::Parser;
use super::attributes::Prelude;
use super::expected::{MEMBERS, did_you_mean, foreign, meant};
use crate::ast::{Emits, Field, Handler, Member, Method, MethodKind, Raise, TypeRef};
use crate::lex::Punctuation::{
    Arrow, At, CloseAngle, CloseBrace, CloseParen, Colon, Comma, Dot, Equals, Hash, OpenBrace, OpenParen,
    Semicolon, Star,
};
use crate::lex::{Keyword, TokenKind};
use crate::source::Spanned;

const PARENTHESIS: TokenKind = TokenKind::Punctuation(CloseParen);
const WANTED: &str = "`rpc`, `oneway`, `task`, `emits`, `on` or `}`";

impl Parser<'_> {
    /// The body of an interface, behind `interface name`.
    pub(super) fn interface(&mut self, declared: &str) -> Vec<Member> {
        let mut members = Vec::new();
        if self.open_body(declared).is_some() {
            self.interface_members(&mut members);
        }
        members.shrink_to_fit();
        members
    }

    /// Members up to the `}` that closes what was opened last.
    pub(super) fn interface_members(&mut self, members: &mut Vec<Member>) {
        loop {
            let (first, noted) = (self.next, self.errors.len());
            let Some(prelude) = self.next_member(WANTED) else { break };
            let start = self.next;
            members.extend(self.member(prelude));
            if self.next == start {
                self.next += 1;
            }
            self.note_damage(first, noted);
        }
    }

    fn member(&mut self, prelude: Prelude) -> Option<Member> {
        let (start, word) = (self.start(), self.word(0));
        let keyword = match Keyword::from_text(word) {
            Some(keyword) if MEMBERS.contains(&word) => {
                self.lost_member = false;
                self.next += 1;
                keyword
            }
            _ => self.foreign_member(word)?,
        };
        match keyword {
            Keyword::Emits => Some(self.emits(prelude, start)),
            Keyword::On => self.handler(prelude, start).map(Member::Handler),
            Keyword::Oneway => self.method(prelude, MethodKind::Oneway, start).map(Member::Method),
            Keyword::Task => self.method(prelude, MethodKind::Task, start).map(Member::Method),
            _ => self.method(prelude, MethodKind::Rpc, start).map(Member::Method),
        }
    }

    /// Reads what stands in place of a keyword, which is reported, and tells which was meant. `None` when
    /// there is no telling; then the statement was passed over.
    fn foreign_member(&mut self, word: &str) -> Option<Keyword> {
        let meant = meant(word, MEMBERS);
        if self.lost_member && meant.is_none() {
            self.skip_statement();
            return None;
        }
        // `find(…)` lacks its keyword; `fn find(…)` has another language's.
        if meant.is_none() && !word.is_empty() && self.kind(1) == Some(TokenKind::Punctuation(OpenParen)) {
            self.unexpected(WANTED, Some(format!("a method begins with its kind: `rpc {word}(…)`")));
            return Some(Keyword::Rpc);
        }
        let help = match self.kind(0) {
            Some(TokenKind::Punctuation(Semicolon)) => Some("no `;` stands alone".to_owned()),
            _ if word.is_empty() => None,
            _ if self.is_field() => Some("fields stand in a `struct`, parameters in a method".to_owned()),
            _ => Some(did_you_mean(word, MEMBERS)),
        };
        self.unexpected(WANTED, help);
        if let (Some(meant), Some(TokenKind::Word)) = (meant, self.kind(1)) {
            self.next += 1;
            // `async fn`
            if foreign(self.word(0)).is_some() && self.kind(1) == Some(TokenKind::Word) {
                self.next += 1;
            }
            return Keyword::from_text(meant);
        }
        self.lost_member = true;
        self.skip_statement();
        None
    }

    /// Rule `method`, behind its keyword. `None` when it has no name, which was reported.
    fn method(&mut self, prelude: Prelude, kind: MethodKind, start: u32) -> Option<Method> {
        let Some(name) = self.ident() else {
            self.skip_statement();
            return None;
        };
        let mut params = Vec::new();
        let whole = self.params(&mut params);
        params.shrink_to_fit();
        let result = self.result();
        let mut raises = self.raises();
        raises.shrink_to_fit();
        self.end_of_method();
        Some(Method { head: self.head(prelude, name, start), kind, params, result, raises, damaged: !whole })
    }

    /// Rule `params`. Whether all of them were read.
    fn params(&mut self, params: &mut Vec<Field>) -> bool {
        if !self.at(OpenParen) {
            self.expected_help("`(`", "parentheses stand behind a method's name, as in `rpc find();`");
            if !self.is_field() && !self.at(CloseParen) {
                return false;
            }
            self.open_missing(OpenParen);
        } else if !self.open(OpenParen) {
            return false;
        }
        let begins =
            |parser: &Self| matches!(parser.kind(0), Some(TokenKind::Punctuation(At))) || parser.is_field();
        self.list(CloseParen, "a name", begins, |parser| {
            let prelude = parser.prelude("a name");
            if !prelude.is_empty() && parser.at(CloseParen) {
                parser.unexpected("a name", Some(prelude.of_nothing().to_owned()));
                return false;
            }
            parser.field(prelude, params).is_some()
        })
    }

    /// Rule `result`, or what other languages write for it.
    fn result(&mut self) -> Option<TypeRef> {
        if self.eat(Arrow) {
            return Some(self.type_ref());
        }
        let marks = self.foreign_arrow()?;
        self.expected_help("`->`, `raises` or `;`", "a result is written `-> type`");
        self.next += marks;
        // `returns (T)`
        let in_parentheses = marks > 0 && self.at(OpenParen) && self.kind(2) == Some(PARENTHESIS);
        self.next += usize::from(in_parentheses);
        let result = self.type_ref();
        self.next += usize::from(in_parentheses && self.at(CloseParen));
        Some(result)
    }

    /// How many tokens stand in place of a `->`, perhaps none, if a type follows.
    fn foreign_arrow(&self) -> Option<usize> {
        let is = |ahead, mark| self.kind(ahead) == Some(TokenKind::Punctuation(mark));
        if is(0, Colon) {
            return Some(1);
        }
        if is(0, Equals) && is(1, CloseAngle) {
            return Some(2);
        }
        let word = self.word(0);
        if matches!(word, "" | "raises") || self.is_first_on_line(0) || self.is_fresh_start() {
            return None;
        }
        if matches!(word, "returns" | "return") {
            return Some(1);
        }
        (is(1, Semicolon) || self.word(1) == Keyword::Raises.text()).then_some(0)
    }

    /// Rule `raises`.
    fn raises(&mut self) -> Vec<Raise> {
        let mut raises = Vec::new();
        let word = self.word(0);
        let is_foreign = !matches!(word, "" | "raises")
            && !self.is_first_on_line(0)
            && self.kind(1) == Some(TokenKind::Word)
            && meant(word, &["raises"]).is_some();
        if word != Keyword::Raises.text() {
            if !is_foreign {
                return raises;
            }
            self.expected_help("`;`", "did you mean `raises`?");
        }
        self.next += 1;
        loop {
            let mut attributes = Vec::new();
            while self.at(At) {
                attributes.extend(self.attribute());
            }
            let Some(error) = self.path("an error's name") else { return raises };
            raises.push(Raise { attributes, error });
            if !self.eat(Comma) || self.at(Semicolon) {
                return raises;
            }
        }
    }

    /// The `;` of a method.
    fn end_of_method(&mut self) {
        if !self.at(OpenBrace) {
            self.semicolon();
            return;
        }
        self.expected_help("`;`", "what a method does is written in Rust: it ends here with `;`");
        self.skip_group();
        self.eat(Semicolon);
    }

    /// Rule `emits`, behind its keyword.
    fn emits(&mut self, prelude: Prelude, start: u32) -> Member {
        let mut events = Vec::new();
        loop {
            let Some(event) = self.path("an event's name") else {
                self.skip_statement();
                break;
            };
            events.push(event);
            if !self.eat(Comma) || self.at(Semicolon) {
                self.semicolon();
                break;
            }
        }
        let Prelude { docs, attributes, .. } = prelude;
        Member::Emits(Emits { docs, attributes, events, span: self.span_from(start) })
    }

    /// Rule `handler`, behind its keyword. `None` when it names no event, which was reported.
    fn handler(&mut self, prelude: Prelude, start: u32) -> Option<Handler> {
        let Some(topic) = self.topic() else {
            self.skip_statement();
            return None;
        };
        let mut alias = None;
        if self.eat_keyword(Keyword::As) {
            alias = self.ident();
        }
        if !self.semicolon() {
            return None;
        }
        let Prelude { docs, attributes, .. } = prelude;
        Some(Handler { docs, attributes, topic, alias, span: self.span_from(start) })
    }

    /// Rule `topic`: what is written without a blank in between.
    fn topic(&mut self) -> Option<Spanned<String>> {
        let start = self.start();
        let is_part = |parser: &Self| match parser.kind(0) {
            Some(TokenKind::Word | TokenKind::Punctuation(Star | Hash)) => true,
            Some(TokenKind::Number) => {
                // Not a sign, and not the end of a number with one.
                parser.token(0).is_some_and(|token| !token.text(parser.text).contains(['-', '+']))
            }
            _ => false,
        };
        if !is_part(self) || self.is_fresh_start() {
            self.expected("an event's name");
            return None;
        }
        self.next += 1;
        loop {
            if self.is_attached(0) && is_part(self) {
                self.next += 1;
            } else if self.at(Dot) && self.is_attached(0) && self.is_attached(1) {
                self.next += 1;
                if !is_part(self) {
                    self.expected("an event's name");
                    return None;
                }
                self.next += 1;
            } else {
                let span = self.span_from(start);
                return Some(self.name(span));
            }
        }
    }

    /// The `;` behind a statement; what comes in its place is reported and passed over. Whether nothing was
    /// passed over.
    pub(super) fn semicolon(&mut self) -> bool {
        if self.eat(Semicolon) {
            return true;
        }
        let is_lost = match self.kind(0) {
            Some(TokenKind::Punctuation(CloseBrace | At) | TokenKind::Doc) => true,
            _ => self.is_first_on_line(0) || self.is_member() || self.is_declaration(),
        };
        if is_lost {
            self.missing(Semicolon, "`;`", None);
        } else {
            self.expected("`;`");
            self.lost_member = true;
            self.skip_statement();
        }
        is_lost
    }

    /// Passes over the rest of a statement: behind its `;`, or up to what begins anew.
    pub(super) fn skip_statement(&mut self) {
        let start = self.next;
        loop {
            match self.kind(0) {
                None | Some(TokenKind::Punctuation(CloseBrace)) => return,
                Some(TokenKind::Punctuation(Semicolon)) => {
                    self.next += 1;
                    return;
                }
                Some(TokenKind::Word) if self.is_declaration() || self.is_member() => return,
                _ if self.next > start && self.is_first_on_line(0) => return,
                Some(TokenKind::Punctuation(OpenBrace)) => {
                    self.skip_group();
                    return;
                }
                _ => self.skip_group(),
            }
        }
    }
}
