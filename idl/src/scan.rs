//! A first look at a file's text, before anything recurses: nesting is bounded, brackets and texts are closed.

use std::borrow::Cow;

use crate::error::SchemaError;
use crate::source::{FileId, Span};

/// An ordinary comment, kept for the formatter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// With its `//` or `/* … */`.
    pub text: String,
    pub span: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// What a first look at a text found.
#[derive(Debug)]
pub(crate) struct Scanned<'a> {
    pub comments: Vec<Comment>,
    /// The text with blanks for ordinary comments; everything else stands where it stood.
    pub blanked: Cow<'a, str>,
}

/// Checks what the grammar cannot check safely, and takes ordinary comments out.
///
/// # Errors
///
/// [`SchemaError::TooDeep`] past `max_nesting` open brackets, [`SchemaError::Unclosed`] for brackets, texts and
/// block comments without an end, and [`SchemaError::Syntax`] for control characters.
pub(crate) fn scan(file: FileId, text: &str, max_nesting: usize) -> Result<Scanned<'_>, Box<SchemaError>> {
    let comments = Scanner { file, text, at: 0, open: Vec::new(), comments: Vec::new(), fresh_line: true }
        .run(max_nesting)?;
    Ok(Scanned { blanked: blank(text, &comments), comments })
}

/// Blanks for all bytes of comments but their line ends.
fn blank<'a>(text: &'a str, comments: &[Comment]) -> Cow<'a, str> {
    if comments.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut done = 0;
    for comment in comments {
        blanked.push_str(&text[done..comment.span.start as usize]);
        blanked.extend(comment.text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        done = comment.span.end as usize;
    }
    blanked.push_str(&text[done..]);
    Cow::Owned(blanked)
}

struct Scanner<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    /// Open brackets and where they stand.
    open: Vec<(u8, usize)>,
    comments: Vec<Comment>,
    /// Whether only blanks stood on this line so far.
    fresh_line: bool,
}

impl Scanner<'_> {
    fn run(mut self, max_nesting: usize) -> Result<Vec<Comment>, Box<SchemaError>> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let start = self.at;
            match byte {
                b'\n' => {
                    self.fresh_line = true;
                    self.at += 1;
                    continue;
                }
                b' ' | b'\t' | b'\r' => {
                    self.at += 1;
                    continue;
                }
                b'"' => self.string()?,
                b'/' if bytes.get(start + 1) == Some(&b'/') => self.line_comment(),
                b'/' if bytes.get(start + 1) == Some(&b'*') => self.block_comment()?,
                b'-' if bytes.get(start + 1) == Some(&b'>') => self.at += 2,
                b'(' | b'[' | b'{' | b'<' => {
                    if self.open.len() == max_nesting {
                        let span = self.span(start, start + 1);
                        return Err(Box::new(SchemaError::TooDeep { limit: max_nesting, span }));
                    }
                    self.open.push((byte, start));
                    self.at += 1;
                }
                b')' | b']' | b'}' => self.close(byte)?,
                b'>' => {
                    // A stray `<` or `>` is left to the grammar, which can say what should stand there.
                    if matches!(self.open.last(), Some((b'<', _))) {
                        self.open.pop();
                    }
                    self.at += 1;
                }
                0..b' ' => {
                    return Err(Box::new(SchemaError::Syntax {
                        message: format!("the control character U+{byte:04X} is not expected here"),
                        label: "cannot be seen".to_owned(),
                        span: self.span(start, start + 1),
                        help: Some("take it out; in a text write `\\u{…}`".to_owned()),
                    }));
                }
                _ => self.at += 1,
            }
            self.fresh_line = false;
        }
        match self.open.iter().rfind(|(bracket, _)| *bracket != b'<') {
            Some(&(bracket, start)) => Err(Box::new(self.unclosed(bracket, start, None))),
            None => Ok(self.comments),
        }
    }

    fn close(&mut self, byte: u8) -> Result<(), Box<SchemaError>> {
        let wanted = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        while matches!(self.open.last(), Some((b'<', _))) {
            self.open.pop();
        }
        match self.open.pop() {
            // One too many: the grammar says so.
            None => {}
            Some((bracket, _)) if bracket == wanted => {}
            Some((bracket, start)) => return Err(Box::new(self.unclosed(bracket, start, Some(self.at)))),
        }
        self.at += 1;
        Ok(())
    }

    fn unclosed(&self, bracket: u8, start: usize, instead: Option<usize>) -> SchemaError {
        let closing = match bracket {
            b'(' => ')',
            b'[' => ']',
            _ => '}',
        };
        SchemaError::Unclosed {
            what: format!("`{}`", char::from(bracket)),
            span: self.span(start, start + 1),
            instead: instead.map(|at| self.span(at, at + 1)),
            help: Some(format!("close it with `{closing}`")),
        }
    }

    fn string(&mut self) -> Result<(), Box<SchemaError>> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') if bytes.get(self.at + 1).is_some_and(|next| *next != b'\n') => self.at += 2,
                Some(b'\n') | None => {
                    let end = start + self.text[start..self.at].trim_end().len();
                    return Err(Box::new(SchemaError::Unclosed {
                        what: "text".to_owned(),
                        span: self.span(start, end),
                        instead: None,
                        help: Some(
                            "close it with `\"` on the same line; a new line in it is `\\n`".to_owned(),
                        ),
                    }));
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn line_comment(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let text = rest[..length].trim_end();
        let is_doc = text.starts_with("//!") || (text.starts_with("///") && !text.starts_with("////"));
        if !is_doc {
            self.comment(text.len());
        }
        self.at += length;
    }

    fn block_comment(&mut self) -> Result<(), Box<SchemaError>> {
        let rest = &self.text[self.at..];
        let Some(length) = rest[2..].find("*/").map(|found| found + 4) else {
            return Err(Box::new(SchemaError::Unclosed {
                what: "comment".to_owned(),
                span: self.span(self.at, self.at + 2),
                instead: None,
                help: Some("close it with `*/`".to_owned()),
            }));
        };
        self.comment(length);
        self.at += length;
        Ok(())
    }

    fn comment(&mut self, length: usize) {
        let end = self.at + length;
        self.comments.push(Comment {
            text: self.text[self.at..end].to_owned(),
            span: self.span(self.at, end),
            own_line: self.fresh_line,
        });
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file: self.file, start: position(start), end: position(end) }
    }
}
