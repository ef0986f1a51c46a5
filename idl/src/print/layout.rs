//! Where tokens and comments go: one declaration or member a line, what is too long one element a line.

use super::doc::{self, Doc};
use super::tokens::{Gap, Kind, Split, Token, tokens};

/// The one layout of a text that the parser has accepted.
pub(super) fn layout(text: &str) -> String {
    let mut builder = Builder { tokens: tokens(text), at: 0, out: Vec::new(), in_package: false };
    builder.statements(Place::File);
    doc::print(&builder.out)
}

/// What a statement is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A declaration, `package` or `use`.
    File,
    /// A member of an interface.
    Interface,
    /// A field, a variant or `reserved`.
    Record,
    /// An element in brackets.
    List,
}

impl Place {
    /// Whether attributes have a line of their own.
    fn is_tall(self) -> bool {
        matches!(self, Self::File | Self::Interface)
    }
}

/// Takes tokens from the front and adds pieces at the end of `out`.
struct Builder {
    tokens: Vec<Token>,
    at: usize,
    out: Vec<Doc>,
    /// Inside of `package a @ 1.0.0;`, the one place where blanks stand around an `@`.
    in_package: bool,
}

impl Builder {
    fn next(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn kind(&self) -> Kind {
        self.next().map_or(Kind::End, |token| token.kind)
    }

    fn text(&self) -> &str {
        self.next().map_or("", |token| &token.text)
    }

    /// Adds the next token's text.
    fn take(&mut self) {
        if let Some(token) = self.tokens.get(self.at) {
            self.out.push(Doc::text(&token.text));
            self.at += 1;
        }
    }

    /// What stands before the next token; at a second look, nothing.
    fn split(&mut self) -> Split {
        let kind = self.kind();
        let gap =
            self.tokens.get_mut(self.at).map_or_else(Gap::default, |token| std::mem::take(&mut token.before));
        gap.split(kind)
    }

    /// What `build` adds.
    fn nested(&mut self, build: impl FnOnce(&mut Self)) -> Vec<Doc> {
        let before = std::mem::take(&mut self.out);
        build(self);
        std::mem::replace(&mut self.out, before)
    }

    /// Statements up to the end of the block or file, and the comments behind them.
    fn statements(&mut self, place: Place) {
        let mut before = None;
        loop {
            let ends = matches!(self.kind(), Kind::End | Kind::CloseBlock);
            let is_flat = match place {
                Place::File => self.text() == "use",
                Place::Interface => !matches!(self.kind(), Kind::Doc | Kind::Attribute),
                Place::Record | Place::List => true,
            };
            // A blank line around whatever has several lines.
            let apart = !ends && before.is_some_and(|was_flat| !(was_flat && is_flat));
            self.between(before.is_none(), apart, ends);
            if ends {
                return;
            }
            before = Some(is_flat);
            self.statement(place);
        }
    }

    /// Comments and blank lines between statements.
    fn between(&mut self, first: bool, apart: bool, ends: bool) {
        let Split { behind, own_line, blank, in_front } = self.split();
        self.out.extend(behind.into_iter().map(Doc::Behind));
        let mut apart = apart && !blank && !own_line.iter().any(|(blank, _)| *blank);
        let mut first = first;
        for (blank, lines) in own_line {
            let blank = (blank || apart) && !first;
            (apart, first) = (false, false);
            self.out.extend([Doc::Break { blank }, Doc::OwnLine(lines)]);
        }
        if !ends {
            self.out.push(Doc::Break { blank: (blank || apart) && !first });
            self.in_front(in_front);
        }
    }

    /// Docs, attributes, the statement itself, and what ends it.
    fn statement(&mut self, place: Place) {
        let attributes = self.prelude(place);
        self.in_package = place == Place::File && self.text() == "package";
        let block = if self.text() == "interface" { Place::Interface } else { Place::Record };
        let body = self.nested(|builder| {
            builder.out = attributes;
            builder.body(place);
        });
        self.out.push(Doc::group(body));
        match (place, self.kind()) {
            (Place::File, Kind::OpenBlock) => self.block(block),
            (Place::Record, Kind::Comma)
            | (Place::File | Place::Interface | Place::Record, Kind::Semicolon) => {
                self.gap(None);
                self.take();
            }
            (Place::Record, _) => self.out.push(Doc::text(",")),
            _ => {}
        }
    }

    fn block(&mut self, place: Place) {
        self.gap(Some(Doc::Space));
        self.take();
        let members = self.nested(|builder| {
            if builder.kind() == Kind::CloseBlock {
                builder.comments_alone();
            } else {
                builder.statements(place);
            }
        });
        if !members.is_empty() {
            self.out.extend([Doc::Nest(members), Doc::Break { blank: false }]);
        }
        self.take();
    }

    /// Comments that have a block for themselves.
    fn comments_alone(&mut self) {
        let Split { behind, own_line, .. } = self.split();
        let behind = behind.into_iter().map(|comment| (false, vec![comment]));
        for (index, (blank, lines)) in behind.chain(own_line).enumerate() {
            self.out.extend([Doc::Break { blank: blank && index > 0 }, Doc::OwnLine(lines)]);
        }
    }

    /// Adds docs, then attributes with a line of their own; gives back those on the line of what follows.
    fn prelude(&mut self, place: Place) -> Vec<Doc> {
        let mut entries = Vec::new();
        let mut has_comments = false;
        while matches!(self.kind(), Kind::Doc | Kind::Attribute) {
            let is_doc = self.kind() == Kind::Doc;
            has_comments |= self.next().is_some_and(|token| !token.before.comments.is_empty());
            let gap = self.split();
            let parts = self.nested(|builder| {
                builder.take();
                if !is_doc && builder.kind() == Kind::Open {
                    builder.gap(None);
                    builder.list(true);
                }
            });
            entries.push((is_doc, gap, parts));
        }
        // Comments stay with what they stand at, so nothing changes places around them.
        if !has_comments {
            entries.sort_by_key(|(is_doc, ..)| !is_doc);
        }
        let docs = entries.iter().rposition(|(is_doc, ..)| *is_doc).map_or(0, |last| last + 1);
        let mut attributes = Vec::new();
        let has_attributes = entries.len() > docs;
        for (index, (_, gap, parts)) in entries.into_iter().enumerate() {
            let line = if index > docs { Doc::Line } else { Doc::Break { blank: false } };
            let before = self.nested(|builder| {
                if index > 0 {
                    builder.split_gap(gap, Some(line));
                }
            });
            if index > docs {
                attributes.extend(before);
            } else {
                self.out.extend(before);
            }
            if index >= docs {
                attributes.extend(parts);
            } else {
                self.out.extend(parts);
            }
        }
        if docs == 0 && !has_attributes {
            return attributes;
        }
        if has_attributes && !place.is_tall() {
            let before = self.nested(|builder| builder.gap(Some(Doc::Line)));
            attributes.extend(before);
            return attributes;
        }
        self.out.push(Doc::group(attributes));
        self.gap(Some(Doc::Break { blank: false }));
        Vec::new()
    }

    /// The statement without its prelude and its end.
    fn body(&mut self, place: Place) {
        let names = self.tokens.get(self.at + 1).is_some_and(|next| next.text.starts_with('"'));
        let has_list =
            place == Place::Interface || (place == Place::Record && self.text() == "reserved" && names);
        self.words(place, None);
        while has_list && self.kind() == Kind::Comma {
            self.gap(None);
            self.take();
            let next = self.nested(|builder| builder.words(place, Some(Doc::Line)));
            self.out.push(Doc::group(vec![Doc::Nest(next)]));
        }
    }

    /// Tokens up to a comma or the end of the statement, `before` in front of the first.
    fn words(&mut self, place: Place, before: Option<Doc>) {
        let start = self.at;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::Comma if place != Place::File => return,
                Kind::Semicolon | Kind::CloseBlock if place != Place::List => return,
                Kind::OpenBlock if place == Place::File => return,
                Kind::Close if place == Place::List => return,
                _ => {}
            }
            if self.at == start {
                self.gap(before.clone());
            } else {
                self.gap(self.blank());
            }
            // Parameters break before anything else of their method does.
            let is_params = place == Place::Interface && self.at == start + 2;
            match self.kind() {
                Kind::Open => self.list(!is_params),
                _ => self.take(),
            }
        }
    }

    /// What stands between the token before and the next one.
    fn blank(&self) -> Option<Doc> {
        let (before, next) = (self.tokens.get(self.at.checked_sub(1)?)?, self.next()?);
        let glued_behind = match &*before.text {
            ".." | "..=" => true,
            "@" => !self.in_package,
            text => text.ends_with('.'),
        };
        let glued_before = match &*next.text {
            "(" | "<" | ":" | "?" | ".." | "..=" => true,
            "@" => !self.in_package,
            text => text.starts_with('.') || matches!(next.kind, Kind::Comma | Kind::Semicolon),
        };
        (!glued_behind && !glued_before).then_some(Doc::Space)
    }

    /// Brackets and what is in them, on one line or one element a line.
    fn list(&mut self, is_group: bool) {
        let mut parts = self.nested(Self::take);
        let elements = self.nested(Self::elements);
        if !elements.is_empty() {
            parts.extend([Doc::Nest(elements), Doc::SoftLine]);
        }
        parts.extend(self.nested(Self::take));
        if is_group {
            self.out.push(Doc::group(parts));
        } else {
            self.out.extend(parts);
        }
    }

    fn elements(&mut self) {
        let mut line = Doc::SoftLine;
        while !matches!(self.kind(), Kind::Close | Kind::End) {
            self.gap(Some(line));
            self.statement(Place::List);
            if self.kind() == Kind::Comma {
                self.gap(None);
                self.take();
            } else {
                self.out.push(Doc::Comma);
            }
            line = Doc::Line;
        }
        let Split { behind, own_line, in_front, .. } = self.split();
        self.out.extend(behind.into_iter().map(Doc::Behind));
        for (_, lines) in own_line {
            self.out.extend([Doc::SoftLine, Doc::OwnLine(lines)]);
        }
        if matches!(line, Doc::Line) {
            self.out.extend(in_front.into_iter().map(Doc::Last));
            return;
        }
        // Comments alone are laid out as elements are.
        for comment in in_front {
            self.out.extend([std::mem::replace(&mut line, Doc::Line), Doc::Text(comment)]);
        }
    }

    /// The comments before the next token, around what stands there in any case.
    fn gap(&mut self, between: Option<Doc>) {
        let split = self.split();
        self.split_gap(split, between);
    }

    fn split_gap(&mut self, split: Split, between: Option<Doc>) {
        let Split { behind, own_line, in_front, .. } = split;
        self.out.extend(behind.into_iter().map(Doc::Behind));
        self.out.extend(between.clone());
        for (_, lines) in own_line {
            self.out.push(Doc::OwnLine(lines));
            self.out.extend(between.clone());
        }
        if between.is_none() && !in_front.is_empty() {
            self.out.push(Doc::Space);
        }
        self.in_front(in_front);
    }

    /// Comments on the line of the next token, which may be one that stands close to what is before it.
    fn in_front(&mut self, comments: Vec<String>) {
        let is_close = matches!(self.kind(), Kind::Comma | Kind::Semicolon);
        for (index, comment) in comments.iter().enumerate() {
            let ends = is_close && index + 1 == comments.len();
            self.out.push(Doc::text(comment));
            self.out.extend((!ends).then_some(Doc::Space));
        }
    }
}
