//! What was expected, in words that people use.

use super::Parser;
use super::recover::closing;
use crate::error::SchemaError;
use crate::lex::{Punctuation, Token, TokenKind};
use crate::source::Span;
use crate::suggest::nearest;

/// Keywords that begin what stands in a file, and in an interface.
pub(super) const DECLARATIONS: &[&str] =
    &["interface", "struct", "enum", "closed", "union", "type", "error", "event", "use"];
pub(super) const MEMBERS: &[&str] = &["rpc", "oneway", "task", "emits", "on"];

pub(super) const SEPARATED: &str = "fields, parameters and variants are separated by `,`";
pub(super) const NAME_AND_TYPE: &str = "a name and its type are written `name: type`";
pub(super) const DOC_OF_NOTHING: &str =
    "a doc comment stands before what it documents; use `//` for other comments";

/// Bytes of a word that a message repeats.
const SHOWN_BYTES: usize = 40;

impl Parser<'_> {
    /// Takes an error in, unless one was reported since the last token was read.
    pub(super) fn report(&mut self, error: SchemaError) {
        if self.reported_at != Some(self.next) {
            self.reported_at = Some(self.next);
            self.note(error);
        }
    }

    /// Takes an error in that says nothing about what comes next.
    pub(super) fn note(&mut self, error: SchemaError) {
        // One more than is shown tells that there are more.
        if self.errors.len() <= self.limits.errors {
            self.errors.push(error);
        }
    }

    /// Reports that something else comes than `what`, in words.
    pub(super) fn expected(&mut self, what: &str) {
        self.expected_with(what, None);
    }

    pub(super) fn expected_help(&mut self, what: &str, help: &str) {
        self.expected_with(what, Some(help.to_owned()));
    }

    /// Reports that something else comes than `what`, which should have stood behind the last token: where
    /// that ended its line, the mistake is there. `help` gives way to advice on what was found.
    pub(super) fn expected_with(&mut self, what: &str, help: Option<String>) {
        match self.token(0) {
            Some(token) if self.is_first_on_line(0) && self.next > 0 && is_plain(token) => {
                let label = format!("expected {what} behind this");
                self.report_behind(token, what, label, help);
            }
            _ => self.unexpected(what, help),
        }
    }

    /// Reports what comes, where `what` should have begun.
    pub(super) fn unexpected(&mut self, what: &str, help: Option<String>) {
        let Some(token) = self.token(0) else {
            return match self.open.iter().rfind(|(open, _)| *open != Punctuation::OpenAngle) {
                Some(&(open, span)) => {
                    // Whatever is missing may have come behind it.
                    self.damage.any_name = true;
                    self.unclosed(open, span, None);
                }
                None => self.end_of_file(what, help),
            };
        };
        let found = self.span(token);
        let text = token.text(self.text);
        let expected = format!("expected {what}");
        let (message, label, span) = match token.kind {
            TokenKind::UnclosedText => return self.unclosed_text(token),
            TokenKind::ForeignWord => return self.foreign_letter(token, &expected),
            TokenKind::Unknown if text.chars().all(char::is_control) => {
                let code = text.chars().next().map_or(0, u32::from);
                let message = format!("the control character U+{code:04X} is not expected here");
                (message, "cannot be seen".to_owned(), found)
            }
            kind => {
                let shown = match kind {
                    TokenKind::Doc | TokenKind::InnerDoc => 3,
                    TokenKind::Text => 1,
                    _ => found.end - found.start,
                };
                let message = format!("{expected}, found {}", describe(token, self.text));
                (message, expected, Span { end: found.start + shown, ..found })
            }
        };
        let help = advice(token.kind, text).map(str::to_owned).or(help);
        self.report(SchemaError::Syntax { message, label, span, help });
    }

    /// As [`Self::unexpected`], for a doc comment with better advice than the usual.
    pub(super) fn unexpected_doc(&mut self, what: &str, help: &str) {
        let Some(token) = self.token(0) else { return };
        let span = self.span(token);
        self.report(SchemaError::Syntax {
            message: format!("expected {what}, found {}", describe(token, self.text)),
            label: format!("expected {what}"),
            span: Span { end: span.start + 3, ..span },
            help: Some(help.to_owned()),
        });
    }

    fn end_of_file(&mut self, what: &str, help: Option<String>) {
        self.damage.any_name = true;
        // A label under nothing is hard to see: point at the last thing there is.
        let end = self.text.trim_end().len();
        let start = self.text[..end].char_indices().next_back().map_or(0, |(start, _)| start);
        let message = if end == 0 {
            "the file is empty".to_owned()
        } else {
            format!("expected {what}, found the end of the file")
        };
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span { file: self.file, start: position(start), end: position(end) };
        self.report(SchemaError::Syntax { message, label: format!("expected {what}"), span, help });
    }

    /// Reports that `mark` is missing before what comes next, which is fine by itself.
    pub(super) fn missing(&mut self, mark: Punctuation, what: &str, help: Option<&str>) {
        let help = help.map(str::to_owned);
        match self.token(0) {
            Some(token) if self.next > 0 => {
                let label = format!("a `{}` is missing behind this", mark.text());
                self.report_behind(token, what, label, help);
                if self.is_first_on_line(0) {
                    // What comes is a statement of its own, with mistakes of its own.
                    self.reported_at = None;
                }
            }
            _ => self.unexpected(what, help),
        }
    }

    /// Reports at the last token read that `found` comes.
    fn report_behind(&mut self, found: Token, what: &str, label: String, help: Option<String>) {
        let end = self.tokens[self.next - 1].end;
        let last = self.text[..end as usize].chars().next_back().map_or(1, char::len_utf8) as u32;
        self.report(SchemaError::Syntax {
            message: format!("expected {what}, found {}", describe(found, self.text)),
            label,
            span: Span { file: self.file, start: end.saturating_sub(last), end },
            help,
        });
    }

    /// Reports that the innermost bracket was not closed when something came that is not part of it.
    pub(super) fn unclosed_here(&mut self) {
        let instead = self.token(0).map(|token| self.span(token));
        self.unclosed_bodies += usize::from(self.is_declaration());
        self.damage.any_name |= instead.is_none();
        if let Some(&(open, span)) = self.open.last() {
            self.unclosed(open, span, instead);
        }
    }

    fn unclosed(&mut self, open: Punctuation, span: Span, instead: Option<Span>) {
        if span.start == span.end {
            // It was missing itself.
            self.reported_at = Some(self.next);
            return;
        }
        self.report(SchemaError::Unclosed {
            what: format!("`{}`", open.text()),
            span,
            instead,
            help: Some(if instead.is_some() && open == Punctuation::OpenBrace {
                "close it with `}`; declarations do not stand in each other".to_owned()
            } else {
                format!("close it with `{}`", closing(open).text())
            }),
        });
    }

    /// Reports a text without its end, and takes it for one that has it: whatever comes next, it may only be
    /// what the text swallowed.
    pub(super) fn unclosed_text(&mut self, token: Token) {
        let span = self.span(token);
        let help = Some("close it with `\"` on the same line; a new line in it is `\\n`".to_owned());
        self.report(SchemaError::Unclosed { what: "text".to_owned(), span, instead: None, help });
    }

    pub(super) fn unclosed_comment(&mut self, token: Token) {
        let span = Span { end: token.start + 2, ..self.span(token) };
        let help = Some("close it with `*/`".to_owned());
        self.note(SchemaError::Unclosed { what: "comment".to_owned(), span, instead: None, help });
        // What it swallowed is missed at the end of the file.
        self.reported_at = Some(self.tokens.len());
        self.damage.any_name = true;
    }

    /// Reports the first letter of a word that no name can have.
    pub(super) fn foreign_letter(&mut self, token: Token, label: &str) {
        let text = token.text(self.text);
        let found = text.char_indices().find(|(_, letter)| !letter.is_ascii());
        let (at, letter) = found.unwrap_or((0, '?'));
        let start = token.start + at as u32;
        self.report(SchemaError::Syntax {
            message: format!("`{letter}` cannot be part of a name"),
            label: label.to_owned(),
            span: Span { file: self.file, start, end: start + letter.len_utf8() as u32 },
            help: Some("names are made of ASCII letters, digits and `_`".to_owned()),
        });
    }
}

/// Whether there is nothing wrong with a token but its place.
fn is_plain(token: Token) -> bool {
    matches!(
        token.kind,
        TokenKind::Word | TokenKind::Number | TokenKind::Text | TokenKind::Punctuation(_) | TokenKind::Doc
    )
}

fn describe(token: Token, text: &str) -> String {
    let text = token.text(text);
    match token.kind {
        TokenKind::Text | TokenKind::UnclosedText => "a text in quotes".to_owned(),
        TokenKind::Doc | TokenKind::InnerDoc => format!("a doc comment (`{}`)", &text[..3]),
        TokenKind::Word | TokenKind::Number => format!("`{}`", &text[..text.len().min(SHOWN_BYTES)]),
        // Blanks that are none, and marks without width.
        TokenKind::Unknown if text.chars().all(|c| c.is_whitespace() || "\u{feff}\u{200b}".contains(c)) => {
            format!("the character U+{:04X}", text.chars().next().map_or(0, u32::from))
        }
        _ => format!("`{text}`"),
    }
}

/// What to do about something that is wrong nearly everywhere.
fn advice(kind: TokenKind, text: &str) -> Option<&'static str> {
    Some(match (kind, text) {
        (TokenKind::InnerDoc, _) => {
            "`//!` documents the package and stands before it; use `///` or `//` here"
        }
        (TokenKind::Doc, _) => "`///` documents the declaration or member that follows; use `//` elsewhere",
        (TokenKind::Unknown, "'" | "`" | "“" | "”" | "‘" | "’" | "«" | "»") => {
            "texts stand in double quotes: `\"…\"`"
        }
        (TokenKind::Unknown, character) if character.chars().all(char::is_control) => {
            "take it out; in a text write `\\u{…}`"
        }
        (TokenKind::Unknown, blank) if blank.chars().all(char::is_whitespace) => {
            "write an ordinary blank in its place"
        }
        (TokenKind::Unknown, character) if !character.is_ascii() => {
            "take it out, or write it in a text or a comment"
        }
        _ => return None,
    })
}

/// The nearest of some keywords, or all of them.
pub(super) fn did_you_mean(word: &str, keywords: &[&'static str]) -> String {
    match meant(word, keywords) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let keywords: Vec<String> = keywords.iter().map(|keyword| format!("`{keyword}`")).collect();
            format!("one of {} can stand here", keywords.join(", "))
        }
    }
}

/// The keyword that somebody meant by another word.
pub(super) fn meant(word: &str, keywords: &[&'static str]) -> Option<&'static str> {
    let meant = foreign(word).filter(|meant| keywords.contains(meant));
    meant.or_else(|| {
        let nearest = nearest(word, keywords.iter().copied())?;
        keywords.iter().find(|keyword| **keyword == nearest).copied()
    })
}

/// What other languages call our declarations.
pub(super) fn foreign(word: &str) -> Option<&'static str> {
    Some(match word {
        "service" | "trait" | "protocol" => "interface",
        "message" | "record" | "class" | "data" => "struct",
        "exception" | "fault" => "error",
        "oneof" | "variant" => "union",
        "import" | "include" | "from" => "use",
        "alias" | "typedef" => "type",
        "namespace" | "module" | "mod" => "package",
        "fn" | "fun" | "func" | "function" | "def" | "method" | "async" => "rpc",
        "notify" | "notification" => "oneway",
        "job" | "background" => "task",
        "emit" | "publish" | "publishes" | "produces" => "emits",
        "subscribe" | "handle" | "listen" | "consumes" => "on",
        "throws" | "throw" | "errors" | "fails" | "raise" => "raises",
        _ => return None,
    })
}
