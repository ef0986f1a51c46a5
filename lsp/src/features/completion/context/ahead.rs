//! What stands behind the cursor, as far as it says what belongs before it.

use lymph_idl::language::Place;
use lymph_idl::{Punctuation as P, Token, TokenKind};

use crate::heads::significant;

/// What the next declaration can be, by its keyword; anything where none follows.
pub(super) fn declaration(text: &str, offset: u32) -> Vec<Place> {
    let all = [
        ("package", Place::Package),
        ("interface", Place::Interface),
        ("struct", Place::Struct),
        ("enum", Place::Enum),
        ("union", Place::Union),
        ("type", Place::Alias),
        ("error", Place::Error),
        ("event", Place::Event),
    ];
    by_keyword(text, offset, &all)
}

/// What the next member of an interface can be, by its keyword; anything where none follows.
pub(super) fn member(text: &str, offset: u32) -> Vec<Place> {
    let all = [
        ("rpc", Place::Rpc),
        ("oneway", Place::Oneway),
        ("task", Place::Task),
        ("emits", Place::Emits),
        ("on", Place::Handler),
    ];
    by_keyword(text, offset, &all)
}

fn by_keyword(text: &str, offset: u32, all: &[(&str, Place)]) -> Vec<Place> {
    let keyword = behind_attributes(text, offset).next().map_or("", |token| token.text(text));
    let found: Vec<Place> =
        all.iter().filter(|(word, _)| *word == keyword).map(|(_, place)| *place).collect();
    if found.is_empty() { all.iter().map(|(_, place)| *place).collect() } else { found }
}

/// The tokens behind the cursor, without the attribute that it is in or behind, further ones, and `closed`.
fn behind_attributes(text: &str, offset: u32) -> impl Iterator<Item = Token> + '_ {
    let mut depth = 0usize;
    let mut after_at = false;
    // The rest of the word at the cursor belongs to what is being written.
    let rest = significant(text).skip_while(move |token| token.start < offset);
    rest.skip_while(move |token| {
        let skipped = match token.kind {
            TokenKind::Punctuation(P::OpenParen) => {
                depth += 1;
                true
            }
            // The cursor may be inside the parentheses.
            TokenKind::Punctuation(P::CloseParen) => {
                depth = depth.saturating_sub(1);
                true
            }
            TokenKind::Punctuation(P::At | P::Dot | P::Comma | P::Equals) => true,
            TokenKind::Punctuation(_) => depth > 0,
            _ => depth > 0 || after_at || token.kind != TokenKind::Word || token.text(text) == "closed",
        };
        after_at = matches!(token.kind, TokenKind::Punctuation(P::At | P::Dot));
        skipped
    })
}

/// Names of the parameters of the method behind the cursor.
pub(super) fn parameters(text: &str, offset: u32) -> Vec<String> {
    let tokens: Vec<Token> = significant(text).skip_while(|token| token.start < offset).collect();
    let starts = |token: &Token| matches!(token.text(text), "rpc" | "oneway" | "task");
    let Some(method) = tokens.iter().position(starts) else { return Vec::new() };
    let mut names = Vec::new();
    let mut depth = 0usize;
    for (token, next) in tokens[method..].iter().zip(&tokens[method + 1..]) {
        match token.kind {
            TokenKind::Punctuation(P::OpenParen) => depth += 1,
            TokenKind::Punctuation(P::CloseParen) if depth <= 1 => break,
            TokenKind::Punctuation(P::CloseParen) => depth -= 1,
            TokenKind::Punctuation(P::Semicolon | P::OpenBrace | P::CloseBrace) => break,
            TokenKind::Word if depth == 1 && next.kind == TokenKind::Punctuation(P::Colon) => {
                names.push(token.text(text).to_owned());
            }
            _ => {}
        }
    }
    names
}

/// The event of the `on` line behind the cursor.
pub(super) fn topic(text: &str, offset: u32) -> String {
    let mut tokens = significant(text).skip_while(|token| token.start < offset);
    if !tokens.any(|token| token.text(text) == "on") {
        return String::new();
    }
    let is_path = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::Punctuation(P::Dot));
    let mut topic = String::new();
    for token in tokens.take_while(is_path) {
        // `as` begins what is no part of it.
        if token.kind == TokenKind::Word && !topic.is_empty() && !topic.ends_with('.') {
            break;
        }
        topic.push_str(token.text(text));
    }
    topic
}

/// Whether the package is declared before the cursor.
pub(super) fn has_package(text: &str, offset: u32) -> bool {
    significant(text).take_while(|token| token.start < offset).any(|token| token.text(text) == "package")
}
