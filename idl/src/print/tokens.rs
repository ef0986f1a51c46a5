//! The text of a right file as tokens, each with the comments and line ends that stand before it.

use std::ops::Range;

use crate::lex::{self, Punctuation, TokenKind};

/// What the layout needs to know of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A `//!` or `///` line.
    Doc,
    /// `@name`.
    Attribute,
    /// A name, keyword, number, topic or text in quotes.
    Word,
    /// `{` before the members of a declaration.
    OpenBlock,
    /// `}` behind them.
    CloseBlock,
    /// Any other opening bracket, `.{` among them.
    Open,
    /// Any other closing bracket.
    Close,
    Comma,
    Semicolon,
    /// `:`, `=`, `->` and the like.
    Mark,
    /// Behind the last token; it has no text.
    End,
}

/// A piece of the text that is neither blank nor comment.
#[derive(Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub text: String,
    pub before: Gap,
}

/// What stands between two tokens.
#[derive(Debug, Default)]
pub(super) struct Gap {
    pub comments: Vec<Comment>,
    /// Line ends behind the last comment, or behind the token before when there is none.
    pub line_ends: usize,
}

/// A [`Gap`], taken apart.
#[derive(Debug)]
pub(super) struct Split {
    /// On the line of the token before; the line ends behind the last.
    pub behind: Vec<String>,
    /// Lines of each, and whether a blank line stands before it.
    pub own_line: Vec<(bool, Vec<String>)>,
    /// Whether a blank line stands behind all of these.
    pub blank: bool,
    /// On the line of the next token.
    pub in_front: Vec<String>,
}

/// An ordinary comment.
#[derive(Debug)]
pub(super) struct Comment {
    /// One for each line, without the indentation that the first line has.
    pub lines: Vec<String>,
    /// `//` rather than `/* … */`.
    pub to_line_end: bool,
    /// Line ends between it and what stands before it.
    pub line_ends: usize,
}

impl Comment {
    /// Whether something may follow on its line.
    pub(super) fn fits_in_line(&self) -> bool {
        !self.to_line_end && self.lines.len() == 1
    }
}

impl Gap {
    /// Takes it apart into comments that stand behind the token before, comments on lines of their own, and
    /// comments in front of the next token.
    pub(super) fn split(self, next: Kind) -> Split {
        // What closes a block or a list of several lines begins a line, whatever stood in front of it.
        let begins_line = match next {
            Kind::End | Kind::CloseBlock => true,
            Kind::Close => self.breaks(),
            _ => false,
        };
        let Self { comments, line_ends } = self;
        let line_ends = if begins_line { line_ends.max(1) } else { line_ends };
        let starts_line = |at: usize| comments.get(at).map_or(line_ends, |comment| comment.line_ends) > 0;
        let is_multiline = |at: usize| comments.get(at).is_some_and(|comment| comment.lines.len() > 1);

        let mut behind = 0;
        while behind < comments.len() && !starts_line(behind) && !is_multiline(behind) {
            behind += 1;
            if comments[behind - 1].to_line_end {
                break;
            }
        }
        let ends_line = starts_line(behind)
            || is_multiline(behind)
            || comments[..behind].last().is_some_and(|last| last.to_line_end);
        if !ends_line {
            behind = 0;
        }
        let mut in_front = comments.len();
        while in_front > behind && comments[in_front - 1].fits_in_line() && !starts_line(in_front) {
            in_front -= 1;
        }

        let mut own_line = comments;
        let in_front = own_line.split_off(in_front);
        let rest = own_line.split_off(behind);
        let has_blank = |line_ends| line_ends > 1;
        let blank = match in_front.first() {
            Some(first) => has_blank(first.line_ends),
            None => has_blank(line_ends),
        };
        let text = |mut comment: Comment| comment.lines.swap_remove(0);
        Split {
            behind: own_line.into_iter().map(text).collect(),
            own_line: rest.into_iter().map(|comment| (has_blank(comment.line_ends), comment.lines)).collect(),
            blank,
            in_front: in_front.into_iter().map(text).collect(),
        }
    }

    /// Whether a line ends or has to end in it.
    fn breaks(&self) -> bool {
        self.comments.iter().any(|comment| !comment.fits_in_line() || comment.line_ends > 0)
            || (!self.comments.is_empty() && self.line_ends > 0)
    }

    /// Puts what `before` holds first.
    fn prepend(&mut self, mut before: Self) {
        match self.comments.first_mut() {
            Some(first) => first.line_ends += before.line_ends,
            None => self.line_ends += before.line_ends,
        }
        before.comments.append(&mut self.comments);
        self.comments = before.comments;
    }
}

/// Reads a text that the parser has accepted.
///
/// Commas before a closing bracket or a `;` are left out, and comments that end a line stand behind the
/// comma, `;` or `{` which they were written before.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    // A comment at the start of the file follows nothing on its line.
    let gap = Gap { line_ends: 1, ..Gap::default() };
    let mut reader = Reader { text, at: 0, gap, blocks: Vec::new(), tokens: Vec::new() };
    reader.read();
    settle(reader.tokens)
}

/// Makes every way of placing commas and comments around them one.
fn settle(read: Vec<Token>) -> Vec<Token> {
    let mut settled: Vec<Token> = Vec::with_capacity(read.len());
    for mut token in read {
        let ends = matches!(token.kind, Kind::Close | Kind::CloseBlock | Kind::Semicolon);
        if ends && let Some(comma) = settled.pop_if(|last| last.kind == Kind::Comma) {
            token.before.prepend(comma.before);
        }
        // Only now does the one before stay where it is, so that its comments may move on.
        if let Some(last) = settled.last_mut()
            && matches!(last.kind, Kind::Comma | Kind::Semicolon | Kind::OpenBlock)
            && last.before.breaks()
        {
            token.before.prepend(std::mem::take(&mut last.before));
        }
        settled.push(token);
    }
    settled
}

struct Reader<'a> {
    text: &'a str,
    /// Behind what was read.
    at: usize,
    gap: Gap,
    /// For each open bracket, whether it opened a block.
    blocks: Vec<bool>,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn read(&mut self) {
        for token in lex::tokens(self.text) {
            let range = token.range();
            let is_adjacent = range.start == self.at && self.gap.comments.is_empty();
            self.gap.line_ends += self.text[self.at..range.start].matches('\n').count();
            self.at = range.end;
            let text = token.text(self.text);
            match token.kind {
                TokenKind::Comment | TokenKind::UnclosedComment => self.comment(range),
                TokenKind::Doc | TokenKind::InnerDoc => self.push(Kind::Doc, doc(text)),
                TokenKind::Punctuation(mark) => self.mark(mark, is_adjacent),
                TokenKind::Word | TokenKind::ForeignWord | TokenKind::Unknown => self.word(text, is_adjacent),
                TokenKind::Number => self.number(text, is_adjacent),
                TokenKind::Text | TokenKind::UnclosedText => self.push(Kind::Word, text.to_owned()),
            }
        }
        self.gap.line_ends += self.text[self.at..].matches('\n').count();
        self.push(Kind::End, String::new());
    }

    fn push(&mut self, kind: Kind, text: String) {
        match kind {
            Kind::Open | Kind::OpenBlock => self.blocks.push(kind == Kind::OpenBlock),
            Kind::Close | Kind::CloseBlock => drop(self.blocks.pop()),
            _ => {}
        }
        self.tokens.push(Token { kind, text, before: std::mem::take(&mut self.gap) });
    }

    /// Adds to the token before.
    fn append(&mut self, kind: Kind, text: &str) {
        if let Some(last) = self.tokens.last_mut() {
            last.text.push_str(text);
            last.kind = kind;
        }
    }

    fn comment(&mut self, range: Range<usize>) {
        let to_line_end = self.text[range.clone()].starts_with("//");
        let (before, text) = (&self.text[..range.start], &self.text[range]);
        let mut lines = Vec::new();
        if let Some((first, rest)) = text.split_once('\n') {
            let column = before[before.rfind('\n').map_or(0, |end| end + 1)..].chars().count();
            lines.push(first.trim_end().to_owned());
            for line in rest.split('\n') {
                let indentation = line.chars().take_while(|char| " \t".contains(*char)).count();
                lines.push(line[indentation.min(column)..].trim_end().to_owned());
            }
        } else {
            lines.push(text.trim_end().to_owned());
        }
        let line_ends = std::mem::take(&mut self.gap.line_ends);
        self.gap.comments.push(Comment { lines, to_line_end, line_ends });
    }

    /// A word, alone or as part of `@word`, `word.word` or `word.*`.
    fn word(&mut self, text: &str, is_adjacent: bool) {
        match self.tokens.last() {
            Some(last) if last.kind == Kind::Mark && last.text == "@" && is_adjacent => {
                self.append(Kind::Attribute, text);
            }
            Some(last) if last.text.ends_with(['.', '*', '#']) && is_adjacent => {
                let kind = last.kind;
                self.append(kind, text);
            }
            _ => self.push(Kind::Word, text.to_owned()),
        }
    }

    /// A number, alone or as part of an event's name: `word.7`, `*7`.
    fn number(&mut self, text: &str, is_adjacent: bool) {
        match self.tokens.last() {
            Some(Token { kind: Kind::Word, text: before, .. })
                if is_adjacent && before.ends_with(['.', '*', '#']) =>
            {
                self.append(Kind::Word, text);
            }
            _ => self.push(Kind::Word, text.to_owned()),
        }
    }

    fn mark(&mut self, mark: Punctuation, is_adjacent: bool) {
        let last = self.tokens.last();
        let kind = match mark {
            Punctuation::Dot | Punctuation::Star | Punctuation::Hash => {
                match last.map(|last| last.kind) {
                    Some(kind @ (Kind::Word | Kind::Attribute)) if is_adjacent => {
                        self.append(kind, mark.text());
                    }
                    _ => self.push(Kind::Word, mark.text().to_owned()),
                }
                return;
            }
            // The names of an import, opened by `.{`.
            Punctuation::OpenBrace if last.is_some_and(|last| last.text.ends_with('.')) => Kind::Open,
            Punctuation::OpenBrace if last.is_some_and(|last| last.kind == Kind::Word) => Kind::OpenBlock,
            Punctuation::CloseBrace if self.blocks.last() == Some(&true) => Kind::CloseBlock,
            Punctuation::OpenBrace | Punctuation::OpenParen => Kind::Open,
            Punctuation::OpenAngle | Punctuation::OpenBracket => Kind::Open,
            Punctuation::CloseBrace | Punctuation::CloseParen => Kind::Close,
            Punctuation::CloseAngle | Punctuation::CloseBracket => Kind::Close,
            Punctuation::Comma => Kind::Comma,
            Punctuation::Semicolon => Kind::Semicolon,
            Punctuation::Colon | Punctuation::At | Punctuation::Equals | Punctuation::Arrow => Kind::Mark,
            Punctuation::Question | Punctuation::Range | Punctuation::RangeInclusive => Kind::Mark,
        };
        self.push(kind, mark.text().to_owned());
    }
}

/// With one blank behind the marker.
fn doc(line: &str) -> String {
    let (marker, words) = line.split_at(3);
    let blank = if words.is_empty() || words.starts_with(' ') { "" } else { " " };
    format!("{marker}{blank}{words}")
}
