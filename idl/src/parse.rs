//! Text to AST, whatever the text: what cannot be read is reported, passed over, and the rest is read.
//!
//! Every rule of `docs/grammar.md` is a function here. Each reads what it can: it reports at most one error
//! for what it cannot make sense of, and leaves the place to its caller, who knows where the next member or
//! declaration begins (see `recover`). Only types and values recurse, as deep as brackets may nest.

mod again;
mod attributes;
mod bodies;
mod declarations;
mod expected;
mod interfaces;
mod recover;
mod text;
mod types;
mod values;

pub(crate) use again::parse_again;

use crate::ast::{self, Damage};
use crate::error::SchemaError;
use crate::lex::{Keyword, Punctuation, Token, TokenKind, tokens};
use crate::limits::Limits;
use crate::source::{FileId, Span};

/// What one file's text says.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// All that could be read.
    pub file: ast::File,
    /// The file is whole without any. One more than [`Limits::errors`] where there are too many.
    pub errors: Vec<SchemaError>,
}

/// Reads one file, and goes on behind every mistake.
pub(crate) fn parse(file: FileId, text: &str, limits: &Limits) -> Parsed {
    let mut parser = Parser::new(file, text, limits);
    // Few texts have less than four bytes for each token.
    parser.tokens.reserve(text.len() / 4);
    let mut count = 0;
    for token in tokens(text) {
        if count == limits.file_tokens {
            return too_many(parser.span(token), limits);
        }
        parser.take(token);
        count += 1;
    }
    let mut parsed = parser.file();
    parsed.tokens = count;
    parsed.damage = parser.damage;
    Parsed { file: parsed, errors: parser.errors }
}

/// Nothing of a file with a token too many: all that is in it would be kept.
fn too_many(span: Span, limits: &Limits) -> Parsed {
    let mut file = ast::File::nothing(span);
    file.damage = Damage { package: true, attributes: true, any_name: true, ..Damage::default() };
    Parsed { file, errors: vec![SchemaError::TooManyTokens { limit: limits.file_tokens, span }] }
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    limits: &'a Limits,
    /// All but ordinary comments.
    tokens: Vec<Token>,
    /// The first token not yet read.
    next: usize,
    /// Brackets that were opened and not closed, with their places.
    open: Vec<(Punctuation, Span)>,
    /// The first token not yet read when an error was last reported: further ones at the same place would
    /// only repeat it.
    reported_at: Option<usize>,
    /// Whether a member of an interface could not be read, so that what comes may be the rest of it.
    lost_member: bool,
    /// How many declarations began in others, whose `}` may still come.
    unclosed_bodies: usize,
    errors: Vec<SchemaError>,
    damage: Damage,
}

impl<'a> Parser<'a> {
    fn new(file: FileId, text: &'a str, limits: &'a Limits) -> Self {
        Self {
            file,
            text,
            limits,
            tokens: Vec::new(),
            next: 0,
            open: Vec::new(),
            reported_at: None,
            lost_member: false,
            unclosed_bodies: 0,
            errors: Vec::new(),
            damage: Damage::default(),
        }
    }

    /// Takes in the next token of the text. Ordinary comments say nothing here.
    fn take(&mut self, token: Token) {
        match token.kind {
            TokenKind::Comment => {}
            TokenKind::UnclosedComment => self.unclosed_comment(token),
            _ => self.tokens.push(token),
        }
    }

    fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.next + ahead).copied()
    }

    fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.tokens.get(self.next + ahead).map(|token| token.kind)
    }

    /// Takes the next token, which is there.
    fn bump(&mut self) -> Token {
        let token = self.tokens[self.next];
        self.next += 1;
        token
    }

    fn at_end(&self) -> bool {
        self.next >= self.tokens.len()
    }

    fn at(&self, mark: Punctuation) -> bool {
        self.kind(0) == Some(TokenKind::Punctuation(mark))
    }

    fn eat(&mut self, mark: Punctuation) -> bool {
        let found = self.at(mark);
        self.next += usize::from(found);
        found
    }

    /// The word at a place; empty if there is none.
    fn word(&self, ahead: usize) -> &'a str {
        match self.token(ahead) {
            Some(token) if token.kind == TokenKind::Word => token.text(self.text),
            _ => "",
        }
    }

    fn at_keyword(&self, keyword: Keyword) -> bool {
        self.word(0) == keyword.text()
    }

    fn eat_keyword(&mut self, keyword: Keyword) -> bool {
        let found = self.at_keyword(keyword);
        self.next += usize::from(found);
        found
    }

    fn span(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    /// Where the next token begins.
    fn start(&self) -> u32 {
        self.token(0).map_or(u32::try_from(self.text.len()).unwrap_or(u32::MAX), |token| token.start)
    }

    /// From `start` to the last token read.
    fn span_from(&self, start: u32) -> Span {
        let end = self.next.checked_sub(1).map_or(0, |last| self.tokens[last].end);
        Span { file: self.file, start, end: end.max(start) }
    }

    /// Whether a token stands right behind the one before it.
    fn is_attached(&self, ahead: usize) -> bool {
        match (self.next + ahead).checked_sub(1).and_then(|before| self.tokens.get(before)) {
            Some(before) => self.token(ahead).is_some_and(|token| token.start == before.end),
            None => false,
        }
    }

    /// Whether a token is the first on its line.
    fn is_first_on_line(&self, ahead: usize) -> bool {
        let Some(token) = self.token(ahead) else { return false };
        let before = (self.next + ahead).checked_sub(1).map_or(0, |before| self.tokens[before].end);
        self.text[before as usize..token.start as usize].contains('\n')
    }

    /// Opens a bracket, which comes next. `false` when it is one too many: then it was reported, and passed
    /// over with all that is in it.
    fn open(&mut self, bracket: Punctuation) -> bool {
        let span = self.token(0).map_or(self.span_from(0), |token| self.span(token));
        if self.open.len() >= self.limits.nesting {
            self.report(SchemaError::TooDeep { limit: self.limits.nesting, span });
            self.skip_group();
            return false;
        }
        self.next += 1;
        self.open.push((bracket, span));
        true
    }

    /// Takes a bracket for opened that is missing, which was reported; so nobody misses its end either.
    fn open_missing(&mut self, bracket: Punctuation) {
        let start = self.start();
        let nowhere = Span { end: start, ..self.span_from(start) };
        self.open.push((bracket, nowhere));
    }

    /// Notes what was read since the token `start` as damaged if there are more errors than `noted` by now.
    fn note_damage(&mut self, start: usize, noted: usize) {
        if let Some(token) = self.tokens.get(start)
            && self.errors.len() > noted
        {
            let passage = self.span_from(token.start);
            self.damage.passages.push(passage);
        }
    }

    /// Ends the innermost bracket, whether or not its counterpart is there; the caller reports that.
    fn close(&mut self, bracket: Punctuation) {
        self.open.pop();
        self.eat(bracket);
    }
}
