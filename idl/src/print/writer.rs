//! Lines with indentation, and comments put back where they stood.

use std::collections::VecDeque;

use crate::scan::Comment;

/// Collects lines; flushes comments of the old text before and behind what they stood at.
pub(super) struct Writer<'a> {
    /// The text that the comments are from.
    text: &'a str,
    comments: VecDeque<Comment>,
    out: String,
    depth: usize,
    /// A blank line is wanted before the next line.
    blank: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(text: &'a str, comments: Vec<Comment>) -> Self {
        Self { text, comments: comments.into(), out: String::new(), depth: 0, blank: false }
    }

    pub(super) fn line(&mut self, text: &str) {
        if std::mem::take(&mut self.blank) && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(&"    ".repeat(self.depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.blank = true;
    }

    pub(super) fn indent(&mut self, levels: isize) {
        self.depth = self.depth.saturating_add_signed(levels);
        self.blank = false;
    }

    pub(super) fn has_comment_before(&self, offset: u32) -> bool {
        self.comments.front().is_some_and(|comment| comment.span.start < offset)
    }

    /// Writes comments that stood before `offset`.
    pub(super) fn before(&mut self, offset: u32) {
        while self.has_comment_before(offset) {
            let Some(comment) = self.comments.pop_front() else { break };
            self.comment(&comment);
        }
    }

    /// Writes comments that stood behind `offset` on the same line, with nothing but marks in between.
    pub(super) fn after(&mut self, offset: u32) {
        let mut offset = offset;
        while let Some(comment) = self.comments.front() {
            let in_one_line = !comment.own_line && !comment.text.contains('\n');
            if !in_one_line || !self.only_marks_between(offset, comment.span.start) {
                break;
            }
            offset = comment.span.end;
            let Some(comment) = self.comments.pop_front() else { break };
            if self.out.ends_with('\n') {
                self.out.pop();
            }
            self.out.push(' ');
            self.out.push_str(&comment.text);
            self.out.push('\n');
        }
    }

    /// Whether neither a new line nor anything with a line of its own stands in between.
    fn only_marks_between(&self, from: u32, to: u32) -> bool {
        let Some(between) = self.text.get(from as usize..to as usize) else { return from >= to };
        between.chars().all(|character| " \t\r,;{}".contains(character))
    }

    /// The text, with the comments that are left.
    pub(super) fn finish(mut self) -> String {
        self.blank();
        self.before(u32::MAX);
        self.out
    }

    fn comment(&mut self, comment: &Comment) {
        for line in comment.text.lines() {
            let line = line.trim();
            // The middle of a block comment lines up behind its first asterisk.
            let line = if line.starts_with('*') { format!(" {line}") } else { line.to_owned() };
            self.line(line.trim_end());
        }
    }
}
