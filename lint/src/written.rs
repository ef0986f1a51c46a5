//! What the model leaves out since it means nothing: how attributes and `use` lines are written.
//!
//! Only files without errors get here, so that tokens need no further checks.

use lymph_idl::{FileId, Punctuation, Schema, Span, Spanned, Token, TokenKind, tokens};

use crate::edits::position;

/// `@name` or `@name(…)`.
pub(crate) struct Attribute {
    /// Without the `@`.
    pub name: Spanned<String>,
    /// From the `@` on.
    pub span: Span,
}

/// One `use` line.
pub(crate) struct Use {
    pub package: Spanned<String>,
    pub major: Option<String>,
    /// `None`: the package as a whole.
    pub names: Option<Vec<UsedName>>,
    /// With its semicolon.
    pub span: Span,
    /// Whether a comment stands in it, which a new text would lose.
    pub has_comment: bool,
}

/// One name in the braces of a [`Use`].
#[derive(Clone)]
pub(crate) struct UsedName {
    pub name: Spanned<String>,
    pub alias: Option<Spanned<String>>,
    /// All of it.
    pub span: Span,
}

impl UsedName {
    /// What the file calls it.
    pub(crate) fn known_as(&self) -> &Spanned<String> {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// The attributes that a declaration begins with.
pub(crate) fn attributes(schema: &Schema, declaration: Span) -> Vec<Attribute> {
    let mut cursor = Cursor::new(schema, declaration.file, declaration.start, declaration.end);
    cursor.attributes()
}

/// The attributes before `package`.
pub(crate) fn package_attributes(schema: &Schema, package: Span) -> Vec<Attribute> {
    let mut cursor = Cursor::new(schema, package.file, 0, package.start);
    cursor.attributes()
}

/// Every `use` line of a file, in its order.
pub(crate) fn uses(schema: &Schema, file: FileId) -> Vec<Use> {
    let mut cursor = Cursor::new(schema, file, 0, u32::MAX);
    let mut found = Vec::new();
    let (mut depth, mut begins) = (0, true);
    while let Some(token) = cursor.peek() {
        if begins && depth == 0 && cursor.is_word("use") {
            found.extend(cursor.import());
            continue;
        }
        cursor.next();
        begins = false;
        match token.kind {
            TokenKind::Punctuation(Punctuation::OpenBrace) => depth += 1,
            TokenKind::Punctuation(Punctuation::CloseBrace) => {
                depth -= 1;
                begins = true;
            }
            TokenKind::Punctuation(Punctuation::Semicolon) => begins = true,
            _ => {}
        }
    }
    found
}

/// Goes through the tokens of a part of a file, comments and docs left out.
struct Cursor<'a> {
    text: &'a str,
    file: FileId,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(schema: &'a Schema, file: FileId, start: u32, end: u32) -> Self {
        let text = &schema.sources.file(file).text[start as usize..];
        let is_code =
            |token: &Token| !matches!(token.kind, TokenKind::Comment | TokenKind::Doc | TokenKind::InnerDoc);
        let place = |token: Token| Token { start: token.start + start, end: token.end + start, ..token };
        let tokens = tokens(text).filter(is_code).map(place).take_while(|token| token.end <= end).collect();
        Self { text: &schema.sources.file(file).text, file, tokens, at: 0 }
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Word && token.text(self.text) == word)
    }

    fn is_mark(&self, mark: Punctuation) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Punctuation(mark))
    }

    fn skip(&mut self, mark: Punctuation) -> bool {
        let is_there = self.is_mark(mark);
        self.at += usize::from(is_there);
        is_there
    }

    fn span(&self, from: Token) -> Span {
        let last = self.tokens[..self.at].last().copied().unwrap_or(from);
        Span { file: self.file, start: from.start, end: last.end }
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut found = Vec::new();
        while self.is_mark(Punctuation::At) {
            let Some(start) = self.next() else { break };
            let Some(name) = self.path() else { break };
            if self.is_mark(Punctuation::OpenParen) {
                self.skip_parentheses();
            }
            found.push(Attribute { name, span: self.span(start) });
        }
        found
    }

    fn skip_parentheses(&mut self) {
        let mut depth = 0;
        while let Some(token) = self.next() {
            match token.kind {
                TokenKind::Punctuation(Punctuation::OpenParen) => depth += 1,
                TokenKind::Punctuation(Punctuation::CloseParen) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Words joined by dots. A dot before a brace is not part of them.
    fn path(&mut self) -> Option<Spanned<String>> {
        let start = self.next()?;
        while self.is_mark(Punctuation::Dot)
            && self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Word)
        {
            self.at += 2;
        }
        let span = self.span(start);
        Some(Spanned { value: self.text[span.start as usize..span.end as usize].to_owned(), span })
    }

    fn import(&mut self) -> Option<Use> {
        let start = self.next()?;
        let package = self.path()?;
        let major = if self.skip(Punctuation::At) {
            self.next().map(|token| token.text(self.text).to_owned())
        } else {
            None
        };
        let names = if self.skip(Punctuation::Dot) { Some(self.names()) } else { None };
        self.skip(Punctuation::Semicolon);
        let span = self.span(start);
        let text = &self.text[span.start as usize..span.end as usize];
        let has_comment = tokens(text).any(|token| token.kind == TokenKind::Comment);
        Some(Use { package, major, names, span, has_comment })
    }

    fn names(&mut self) -> Vec<UsedName> {
        let mut names = Vec::new();
        self.skip(Punctuation::OpenBrace);
        while let Some(start) = self.peek().filter(|_| !self.is_mark(Punctuation::CloseBrace)) {
            let Some(name) = self.path() else { break };
            let mut alias = None;
            if self.is_word("as") {
                self.next();
                alias = self.path();
            }
            names.push(UsedName { name, alias, span: self.span(start) });
            self.skip(Punctuation::Comma);
        }
        self.skip(Punctuation::CloseBrace);
        names
    }
}

impl Use {
    /// The line with other names in its braces.
    pub(crate) fn with_names(&self, names: &[UsedName]) -> String {
        let shown: Vec<String> = names
            .iter()
            .map(|name| match &name.alias {
                Some(alias) => format!("{} as {}", name.name.value, alias.value),
                None => name.name.value.clone(),
            })
            .collect();
        format!("use {}.{{{}}};", self.target(), shown.join(", "))
    }

    /// The package as the line names it, with its major if that is there.
    pub(crate) fn target(&self) -> String {
        let major = self.major.as_ref().map(|major| format!("@{major}")).unwrap_or_default();
        format!("{}{major}", self.package.value)
    }

    /// Whether `span` is part of the line.
    pub(crate) fn holds(&self, span: Span) -> bool {
        span.file == self.span.file && self.span.start <= span.start && span.end <= self.span.end
    }

    /// Its text begins here.
    pub(crate) fn start(&self) -> usize {
        self.span.start as usize
    }
}

/// The bytes of the file from `start` to `end`.
pub(crate) fn piece(within: Span, start: usize, end: usize) -> Span {
    Span { start: position(start), end: position(end), ..within }
}
