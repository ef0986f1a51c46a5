//! What is expected at a place, from the tokens before it alone: what is being written does not parse yet.

use std::ops::Range;

use lymph_idl::language::Place;
use lymph_idl::{Punctuation as P, Token, TokenKind, tokens};

use crate::heads::{is_comment, significant};

mod ahead;

/// What could stand at a place, and which bytes it would replace.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) wanted: Wanted,
    pub(super) prefix: Range<u32>,
}

/// Kinds of things that could stand somewhere.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    Nothing,
    Declaration {
        after_package: bool,
    },
    AfterClosed,
    Member,
    Field,
    AfterParameters {
        result: bool,
    },
    AfterName,
    Type,
    Error,
    Event,
    Package,
    /// In the braces of a `use` line.
    Imported {
        package: String,
        major: Option<u32>,
    },
    /// Behind the `=` of a field of this type.
    Default {
        ty: String,
    },
    /// Behind an `@`, on one of these.
    Attribute(Vec<Place>),
    Words(Vec<String>),
    /// A field of this event.
    EventField {
        event: String,
    },
    Version,
}

/// What a bracket holds.
#[derive(Debug, Clone, PartialEq)]
enum Block {
    File,
    Interface,
    Record {
        place: Place,
    },
    Enum,
    Parameters,
    TypeArguments,
    Imports {
        package: String,
        major: Option<u32>,
    },
    Attribute {
        name: String,
    },
    /// Constraints, lists, and what has no meaning.
    Other,
}

/// An open bracket, and what was written in it since the last separator, attributes excluded.
#[derive(Debug)]
struct Frame<'t> {
    block: Block,
    written: Vec<(TokenKind, &'t str)>,
    /// Separators before.
    index: usize,
}

impl Frame<'_> {
    fn starts_with(&self, words: &[&str]) -> bool {
        self.written.first().is_some_and(|(_, first)| words.contains(first))
    }

    fn has(&self, mark: P) -> bool {
        self.written.iter().any(|(kind, _)| *kind == TokenKind::Punctuation(mark))
    }

    fn has_word(&self, word: &str) -> bool {
        self.written.iter().any(|(_, written)| *written == word)
    }

    fn last(&self) -> Option<(TokenKind, &str)> {
        self.written.last().copied()
    }

    fn is_behind(&self, mark: P) -> bool {
        self.last().is_some_and(|(kind, _)| kind == TokenKind::Punctuation(mark))
    }

    /// What is written in front of the last `count` tokens, as one text.
    fn text(&self, tokens: Range<usize>) -> String {
        self.written[tokens].iter().map(|(_, written)| *written).collect()
    }
}

/// What is expected at `offset`; `None` in comments, and in texts in which nothing is.
pub(super) fn context(text: &str, offset: u32) -> Option<Expected> {
    let inside = tokens(text).find(|token| token.start < offset && offset <= token.end);
    if let Some(token) = inside {
        let at_end =
            offset == token.end && token.kind == TokenKind::Comment && token.text(text).ends_with("*/");
        if is_comment(token.kind) && !at_end {
            return None;
        }
        if matches!(token.kind, TokenKind::Text | TokenKind::UnclosedText)
            && (offset < token.end || token.kind == TokenKind::UnclosedText)
        {
            return in_text(text, token, offset);
        }
    }
    let before: Vec<Token> = significant(text).take_while(|token| token.start < offset).collect();
    let prefix = prefix(&before, offset);
    let before = &before[..before.partition_point(|token| token.start < prefix.start)];
    let mut frames = Frames { open: vec![frame(Block::File)] };
    frames.read(text, before);
    let behind_at = before.last().is_some_and(|last| is(*last, P::At) && last.end == prefix.start);
    let wanted = if behind_at && !frames.expects_major() {
        Wanted::Attribute(frames.places(text, offset))
    } else {
        frames.wanted(text, offset)
    };
    let start = if behind_at { prefix.start - 1 } else { prefix.start };
    let prefix = if matches!(wanted, Wanted::Attribute(_)) { start..prefix.end } else { prefix };
    Some(Expected { wanted, prefix })
}

/// The word at the cursor, with the words and dots before it that belong to it.
fn prefix(before: &[Token], offset: u32) -> Range<u32> {
    let mut start = offset;
    for token in before.iter().rev() {
        let belongs = matches!(
            token.kind,
            TokenKind::Word | TokenKind::ForeignWord | TokenKind::Number | TokenKind::Punctuation(P::Dot)
        );
        // A cursor inside a word replaces all of it in editors; what stands behind it is theirs to handle.
        if !belongs || token.end.min(offset) != start {
            break;
        }
        start = token.start;
    }
    start..offset
}

/// `{parameter}` in the path of `@http`.
fn in_text(text: &str, token: Token, offset: u32) -> Option<Expected> {
    let before: Vec<Token> = significant(text).take_while(|other| other.start < token.start).collect();
    let mut frames = Frames { open: vec![frame(Block::File)] };
    frames.read(text, &before);
    let top = frames.open.last()?;
    if !matches!(&top.block, Block::Attribute { name } if name == "http") || top.index != 1 {
        return None;
    }
    let written = &text[token.start as usize..offset as usize];
    let brace = written.rfind(['{', '}', '/']).filter(|at| written[*at..].starts_with('{'))?;
    let names = ahead::parameters(text, offset);
    let start = token.start + brace as u32 + 1;
    Some(Expected { wanted: Wanted::Words(names), prefix: start..offset })
}

fn frame<'t>(block: Block) -> Frame<'t> {
    Frame { block, written: Vec::new(), index: 0 }
}

fn is(token: Token, mark: P) -> bool {
    token.kind == TokenKind::Punctuation(mark)
}

/// Whether a keyword of declarations stands at the left margin, where nothing else does.
fn begins_declaration(text: &str, token: Token) -> bool {
    const WORDS: [&str; 9] =
        ["use", "interface", "struct", "enum", "closed", "union", "type", "error", "event"];
    let at_margin = token.start == 0 || text.as_bytes()[token.start as usize - 1] == b'\n';
    at_margin && token.kind == TokenKind::Word && WORDS.contains(&token.text(text))
}

struct Frames<'t> {
    /// Never empty.
    open: Vec<Frame<'t>>,
}

impl<'t> Frames<'t> {
    fn top(&mut self) -> &mut Frame<'t> {
        self.open.last_mut().expect("the file is never closed")
    }

    fn read(&mut self, text: &'t str, tokens: &[Token]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            if is(*token, P::At) && tokens.get(at).is_some_and(|next| next.kind == TokenKind::Word) {
                let mut name = String::new();
                while let Some(part) =
                    tokens.get(at).filter(|it| matches!(it.kind, TokenKind::Word) || is(**it, P::Dot))
                {
                    // A new line may begin with a word of its own.
                    if !name.is_empty() && !name.ends_with('.') && !is(*part, P::Dot) {
                        break;
                    }
                    name.push_str(part.text(text));
                    at += 1;
                }
                if tokens.get(at).is_some_and(|next| is(*next, P::OpenParen)) {
                    at += 1;
                    self.open.push(frame(Block::Attribute { name }));
                }
                continue;
            }
            let written = token.text(text);
            if self.open.len() > 1 && begins_declaration(text, *token) {
                // Something before it was never closed.
                self.open.truncate(1);
                self.top().written.clear();
            }
            self.take(token.kind, written);
        }
    }

    fn take(&mut self, kind: TokenKind, written: &'t str) {
        let TokenKind::Punctuation(mark) = kind else {
            self.top().written.push((kind, written));
            return;
        };
        match mark {
            P::OpenBrace => {
                let block = self.braced();
                self.open.push(frame(block));
            }
            P::OpenParen => {
                let top = self.top();
                let is_method = top.block == Block::Interface
                    && top.starts_with(&["rpc", "oneway", "task"])
                    && top.written.len() == 2;
                self.open.push(frame(if is_method { Block::Parameters } else { Block::Other }));
            }
            P::OpenAngle => self.open.push(frame(Block::TypeArguments)),
            P::OpenBracket => self.open.push(frame(Block::Other)),
            P::CloseBrace => {
                let braces = |block: &Block| {
                    matches!(
                        block,
                        Block::Interface | Block::Record { .. } | Block::Enum | Block::Imports { .. }
                    )
                };
                self.close(|block| braces(block) || *block == Block::Other);
                let top = self.top();
                if top.block == Block::File && !top.starts_with(&["use"]) {
                    top.written.clear();
                }
            }
            P::CloseParen => {
                let parameters = self.top().block == Block::Parameters;
                self.close(|block| {
                    matches!(block, Block::Parameters | Block::Other | Block::Attribute { .. })
                });
                if parameters {
                    self.top().written.push((kind, written));
                }
            }
            P::CloseAngle => self.close(|block| *block == Block::TypeArguments),
            P::CloseBracket => self.close(|block| *block == Block::Other),
            P::Semicolon => {
                // Nothing but braces outlives it: what is open was never finished.
                while matches!(
                    self.top().block,
                    Block::Parameters | Block::TypeArguments | Block::Attribute { .. } | Block::Other
                ) {
                    self.open.pop();
                }
                self.top().written.clear();
            }
            P::Comma if self.top().block != Block::Interface && self.top().block != Block::File => {
                let top = self.top();
                top.written.clear();
                top.index += 1;
            }
            _ => self.top().written.push((kind, written)),
        }
    }

    /// What the braces hold that open now.
    fn braced(&mut self) -> Block {
        let top = self.top();
        if top.block != Block::File {
            return Block::Other;
        }
        let word = top.written.iter().find(|(_, word)| *word != "closed").map_or("", |(_, word)| *word);
        match word {
            "use" => {
                let at = top.written.iter().position(|(kind, _)| *kind == TokenKind::Punctuation(P::At));
                let end = at.unwrap_or(top.written.len());
                let package = top.text(1..end.max(1)).trim_end_matches('.').to_owned();
                let major =
                    at.and_then(|at| top.written.get(at + 1)).and_then(|(_, major)| major.parse().ok());
                Block::Imports { package, major }
            }
            "interface" => Block::Interface,
            "struct" | "event" | "error" => Block::Record { place: Place::Field },
            "union" => Block::Record { place: Place::Variant },
            "enum" => Block::Enum,
            _ => Block::Other,
        }
    }

    /// Closes the innermost bracket of a kind, with all that were opened in it and not closed.
    fn close(&mut self, fits: impl Fn(&Block) -> bool) {
        if let Some(at) = self.open.iter().rposition(|frame| fits(&frame.block)) {
            self.open.truncate(at.max(1));
        }
    }

    /// Whether an `@` says a version here.
    fn expects_major(&self) -> bool {
        self.open.len() == 1 && self.open[0].starts_with(&["package", "use"])
    }

    /// What the attribute at `offset` may stand on.
    fn places(&mut self, text: &str, offset: u32) -> Vec<Place> {
        let top = self.top();
        match &top.block {
            Block::File => ahead::declaration(text, offset),
            Block::Interface if top.has_word("raises") => vec![Place::Raise],
            Block::Interface => ahead::member(text, offset),
            Block::Record { place } => vec![*place],
            Block::Enum => vec![Place::Variant],
            Block::Parameters => vec![Place::Param],
            _ => Vec::new(),
        }
    }

    fn wanted(&mut self, text: &str, offset: u32) -> Wanted {
        let has_package = self.open[0].written.is_empty() && ahead::has_package(text, offset);
        let top = self.top();
        match &top.block {
            Block::File => in_file(top, has_package),
            Block::Interface => in_interface(top),
            Block::Record { .. } | Block::Parameters => in_record(top),
            Block::Enum if top.written.is_empty() => Wanted::Field,
            Block::TypeArguments if top.written.is_empty() => Wanted::Type,
            Block::Imports { package, major } if top.written.is_empty() => {
                Wanted::Imported { package: package.clone(), major: *major }
            }
            Block::Imports { .. } => Wanted::AfterName,
            Block::Attribute { name } => in_attribute(name, top, text, offset),
            _ => Wanted::Nothing,
        }
    }
}

fn in_file(top: &Frame<'_>, after_package: bool) -> Wanted {
    let count = top.written.len();
    match top.written.first() {
        None => Wanted::Declaration { after_package },
        Some((_, "closed")) if count == 1 => Wanted::AfterClosed,
        Some((_, "use")) if count == 1 => Wanted::Package,
        Some((_, "type")) if top.is_behind(P::Equals) => Wanted::Type,
        _ => Wanted::Nothing,
    }
}

fn in_interface(top: &Frame<'_>) -> Wanted {
    let count = top.written.len();
    let in_list = top.is_behind(P::Comma);
    match top.written.first() {
        None => Wanted::Member,
        Some((_, "emits")) if count == 1 || in_list => Wanted::Event,
        Some((_, "on")) if count == 1 => Wanted::Event,
        Some((_, "on")) if !top.has_word("as") => Wanted::AfterName,
        Some((_, "rpc")) => {
            let raises = top.has_word("raises");
            match top.last() {
                Some((_, "raises")) => Wanted::Error,
                _ if raises && in_list => Wanted::Error,
                _ if raises => Wanted::Nothing,
                _ if top.is_behind(P::Arrow) => Wanted::Type,
                _ if top.has(P::Arrow) => Wanted::AfterParameters { result: true },
                _ if top.is_behind(P::CloseParen) => Wanted::AfterParameters { result: false },
                _ => Wanted::Nothing,
            }
        }
        _ => Wanted::Nothing,
    }
}

fn in_record(top: &Frame<'_>) -> Wanted {
    let colon = TokenKind::Punctuation(P::Colon);
    let colon = top.written.iter().position(|(kind, _)| *kind == colon);
    match colon {
        None if top.written.is_empty() && top.block == Block::Parameters => Wanted::Nothing,
        None if top.written.is_empty() => Wanted::Field,
        None => Wanted::Nothing,
        Some(_) if top.is_behind(P::Colon) => Wanted::Type,
        Some(colon) if top.is_behind(P::Equals) => {
            Wanted::Default { ty: top.text(colon + 1..top.written.len() - 1) }
        }
        Some(_) => Wanted::Nothing,
    }
}

fn in_attribute(name: &str, top: &Frame<'_>, text: &str, offset: u32) -> Wanted {
    let words = |words: &[&str]| Wanted::Words(words.iter().map(|word| (*word).to_owned()).collect());
    match (name, top.index) {
        ("since" | "deprecated", 0) if top.written.is_empty() => Wanted::Version,
        ("durable", 0) if top.written.is_empty() => words(&["true", "false"]),
        ("http", 0) if top.written.is_empty() => words(&["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ("serial", _) if top.written.is_empty() => words(&["key = ", "partitions = "]),
        ("serial", _) if top.starts_with(&["key"]) && top.is_behind(P::Equals) => {
            Wanted::EventField { event: ahead::topic(text, offset) }
        }
        _ => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests;
