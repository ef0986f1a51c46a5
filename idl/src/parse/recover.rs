//! Where to go on behind a mistake.

use super::Parser;
use crate::lex::Punctuation::{
    At, CloseAngle, CloseBrace, CloseBracket, CloseParen, Colon, Comma, Dot, Equals, Hash, OpenAngle,
    OpenBrace, OpenBracket, OpenParen, Semicolon, Star,
};
use crate::lex::{Keyword, Punctuation, TokenKind};

/// Words of a dotted name that are looked at ahead; keeps the look short on hostile text.
const LOOK_AHEAD: usize = 32;

impl Parser<'_> {
    /// Whether a declaration begins here, by more than its keyword: nothing else looks like it, wherever it
    /// stands, so whatever is still open was not closed.
    pub(super) fn is_declaration(&self) -> bool {
        self.is_declaration_at(0)
    }

    fn is_declaration_at(&self, ahead: usize) -> bool {
        if self.kind(ahead + 1) != Some(TokenKind::Word) {
            return false;
        }
        let mark = |ahead: usize| match self.kind(ahead) {
            Some(TokenKind::Punctuation(mark)) => Some(mark),
            _ => None,
        };
        match Keyword::from_text(self.word(ahead)) {
            Some(Keyword::Interface | Keyword::Struct | Keyword::Enum | Keyword::Union | Keyword::Error) => {
                mark(ahead + 2) == Some(OpenBrace)
            }
            Some(Keyword::Event) => mark(self.behind_path(ahead + 1)) == Some(OpenBrace),
            Some(Keyword::Type) => mark(ahead + 2) == Some(Equals),
            Some(Keyword::Closed) => {
                let next = Keyword::from_text(self.word(ahead + 1));
                matches!(next, Some(Keyword::Struct | Keyword::Enum | Keyword::Union))
                    && self.kind(ahead + 2) == Some(TokenKind::Word)
            }
            Some(Keyword::Use) => {
                matches!(mark(self.behind_path(ahead + 1)), Some(Semicolon | Dot | At))
            }
            _ => false,
        }
    }

    /// Behind the dotted name at a place.
    fn behind_path(&self, mut ahead: usize) -> usize {
        for _ in 0..LOOK_AHEAD {
            let goes_on = self.kind(ahead + 1) == Some(TokenKind::Punctuation(Dot))
                && self.kind(ahead + 2) == Some(TokenKind::Word);
            if !goes_on {
                break;
            }
            ahead += 2;
        }
        ahead + 1
    }

    /// Whether a member of an interface begins here, by more than its keyword.
    pub(super) fn is_member(&self) -> bool {
        match Keyword::from_text(self.word(0)) {
            Some(Keyword::Rpc | Keyword::Oneway | Keyword::Task) => {
                self.kind(1) == Some(TokenKind::Word)
                    && self.kind(2) == Some(TokenKind::Punctuation(OpenParen))
            }
            Some(Keyword::Emits | Keyword::On) => match self.kind(1) {
                // Not a type or event that has such a name.
                Some(TokenKind::Word) => !matches!(self.word(1), "as" | "raises"),
                Some(TokenKind::Punctuation(Star | Hash)) => true,
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a name with a type begins here: no type or value goes on like that.
    pub(super) fn is_field(&self) -> bool {
        matches!(self.kind(0), Some(TokenKind::Word | TokenKind::ForeignWord))
            && self.kind(1) == Some(TokenKind::Punctuation(Colon))
            // Not `a::b`.
            && self.kind(2) != Some(TokenKind::Punctuation(Colon))
    }

    /// Whether something begins here that cannot be part of what comes before it.
    pub(super) fn is_fresh_start(&self) -> bool {
        match self.kind(0) {
            Some(TokenKind::Word) => {
                self.is_field() || self.is_declaration() || (self.is_first_on_line(0) && self.is_member())
            }
            _ => false,
        }
    }

    /// Whether members come whose `{` got lost: their `}` comes before anything else begins.
    pub(super) fn is_body(&self) -> bool {
        for ahead in 0..LOOK_AHEAD * 8 {
            match self.kind(ahead) {
                Some(TokenKind::Punctuation(CloseBrace)) => return true,
                Some(TokenKind::Word) if self.is_declaration_at(ahead) => return false,
                Some(TokenKind::Punctuation(OpenBrace)) | None => return false,
                _ => {}
            }
        }
        false
    }

    /// Passes over one token, and over all that is in it if it is a bracket. Stops early where a declaration
    /// begins, or a bracket ends that was open before.
    pub(super) fn skip_group(&mut self) {
        let mut inside = Inside::default();
        loop {
            match self.kind(0) {
                None => return,
                Some(TokenKind::Punctuation(mark @ (OpenBrace | OpenParen | OpenBracket | OpenAngle))) => {
                    inside.enter(closing(mark));
                }
                Some(TokenKind::Punctuation(
                    mark @ (CloseBrace | CloseParen | CloseBracket | CloseAngle),
                )) if !inside.is_empty() => {
                    // `>` is a stray mark more often than a bracket.
                    let belongs_outside =
                        mark != CloseAngle && self.open.iter().any(|(open, _)| closing(*open) == mark);
                    if !inside.leave(mark) && belongs_outside {
                        return;
                    }
                }
                Some(TokenKind::Word)
                    if !inside.is_empty()
                        && (self.is_declaration() || (self.is_first_on_line(0) && self.is_member())) =>
                {
                    return;
                }
                _ => {}
            }
            self.next += 1;
            if inside.is_empty() {
                return;
            }
        }
    }

    /// Passes over the rest of a member of a body in braces: behind its `,` or `;`, or up to what begins
    /// anew.
    pub(super) fn skip_member(&mut self) {
        let start = self.next;
        loop {
            match self.kind(0) {
                None => return,
                Some(TokenKind::Punctuation(Comma | Semicolon)) => {
                    self.next += 1;
                    return;
                }
                Some(TokenKind::Punctuation(CloseBrace)) => return,
                Some(TokenKind::Punctuation(OpenBrace)) if self.next > start => {
                    self.skip_group();
                    // What had a body in braces ends with it.
                    return;
                }
                Some(TokenKind::Punctuation(At) | TokenKind::Doc)
                    if self.next > start && self.is_first_on_line(0) =>
                {
                    return;
                }
                Some(TokenKind::Word | TokenKind::ForeignWord)
                    if self.next > start && (self.is_fresh_start() || self.is_first_on_line(0)) =>
                {
                    return;
                }
                Some(TokenKind::Word) if self.is_declaration() => return,
                _ => self.skip_group(),
            }
        }
    }

    /// Passes over the rest of an element of a list in brackets; whether another element follows. `begins`
    /// tells whether one begins without a `,` before it.
    pub(super) fn skip_element(&mut self, close: Punctuation, begins: impl Fn(&Self) -> bool) -> bool {
        let start = self.next;
        loop {
            if self.next > start && close == CloseParen && begins(self) && self.is_field() {
                return true;
            }
            match self.kind(0) {
                None => return false,
                Some(TokenKind::Punctuation(Comma)) => {
                    self.next += 1;
                    return true;
                }
                Some(TokenKind::Punctuation(mark)) if mark == close => return false,
                Some(TokenKind::Punctuation(Semicolon | CloseBrace)) => return false,
                Some(TokenKind::Punctuation(Equals)) if close == CloseAngle => return false,
                // The `(` of what stands in `<…>` is what got lost.
                Some(TokenKind::Punctuation(CloseParen))
                    if close == CloseAngle && self.kind(1) == Some(TokenKind::Punctuation(CloseAngle)) =>
                {
                    self.next += 1;
                }
                Some(TokenKind::Punctuation(CloseParen | CloseBracket))
                    if self.open.iter().any(|(open, _)| self.at(closing(*open))) =>
                {
                    return false;
                }
                Some(TokenKind::Word) if self.is_declaration() || self.is_member() || self.is_field() => {
                    return false;
                }
                Some(TokenKind::Doc | TokenKind::Punctuation(At)) => return begins(self),
                _ => self.skip_group(),
            }
        }
    }

    /// Passes over what is no declaration, and notes the names in it: one of them may be what it declares.
    pub(super) fn skip_to_declaration(&mut self) {
        let start = self.next;
        loop {
            match self.kind(0) {
                None => break,
                Some(TokenKind::Punctuation(Semicolon)) => {
                    self.next += 1;
                    break;
                }
                Some(TokenKind::Punctuation(OpenBrace)) => {
                    self.skip_group();
                    break;
                }
                Some(TokenKind::Doc) if self.next > start => break,
                Some(TokenKind::Punctuation(At)) if self.next > start && self.is_first_on_line(0) => break,
                Some(TokenKind::Word) if self.next > start => {
                    if self.is_declaration() || (self.is_first_on_line(0) && self.declares()) {
                        break;
                    }
                    self.next += 1;
                }
                // Here braces are closed already.
                Some(TokenKind::Punctuation(CloseBrace)) => self.next += 1,
                _ => self.skip_group(),
            }
        }
        if self.next == start && !self.at_end() {
            self.next += 1;
        }
        let skipped = &self.tokens[start..self.next];
        let words = skipped.iter().filter(|token| token.kind == TokenKind::Word);
        self.damage.lost.extend(words.map(|token| token.text(self.text).to_owned()));
    }

    /// Whether a keyword of a declaration comes next.
    pub(super) fn declares(&self) -> bool {
        matches!(
            Keyword::from_text(self.word(0)),
            Some(
                Keyword::Use
                    | Keyword::Interface
                    | Keyword::Struct
                    | Keyword::Enum
                    | Keyword::Closed
                    | Keyword::Union
                    | Keyword::Type
                    | Keyword::Error
                    | Keyword::Event
            )
        )
    }
}

/// The brackets that something passed over stands in, by what closes them.
#[derive(Default)]
struct Inside {
    closers: Vec<Punctuation>,
    /// How many of each kind: a search through them all for each stray bracket would take too long.
    counts: [usize; 4],
}

impl Inside {
    fn enter(&mut self, closer: Punctuation) {
        self.closers.push(closer);
        self.counts[Self::index(closer)] += 1;
    }

    /// Leaves the innermost bracket that `closer` closes, and those in it; `false` if there is none.
    fn leave(&mut self, closer: Punctuation) -> bool {
        if self.counts[Self::index(closer)] == 0 {
            return false;
        }
        while let Some(left) = self.closers.pop() {
            self.counts[Self::index(left)] -= 1;
            if left == closer {
                break;
            }
        }
        true
    }

    fn is_empty(&self) -> bool {
        self.closers.is_empty()
    }

    fn index(closer: Punctuation) -> usize {
        match closer {
            CloseParen => 0,
            CloseBracket => 1,
            CloseAngle => 2,
            _ => 3,
        }
    }
}

pub(super) fn closing(open: Punctuation) -> Punctuation {
    match open {
        OpenParen => CloseParen,
        OpenBracket => CloseBracket,
        OpenAngle => CloseAngle,
        _ => CloseBrace,
    }
}
