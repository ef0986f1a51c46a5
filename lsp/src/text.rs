//! A text and its lines, and the two ways to name a place in it: our bytes, and the protocol's lines and
//! units.

use std::ops::Range;
use std::sync::Arc;

use gen_lsp_types as lsp;

/// What a position's `character` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

impl Encoding {
    fn units(self, char: char) -> usize {
        match self {
            Self::Utf8 => char.len_utf8(),
            Self::Utf16 => char.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A text that knows where its lines begin. Lines end with `\n`, `\r\n` or `\r`, as in the protocol.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: Arc<str>,
    line_starts: Vec<u32>,
}

impl Text {
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        push_line_starts(&text, 0..text.len(), &mut line_starts);
        Self { text, line_starts }
    }

    pub(crate) fn len(&self) -> u32 {
        self.text.len() as u32
    }

    /// The position of a byte. One past the end means the end, one inside a character its beginning.
    pub(crate) fn position(&self, offset: u32, encoding: Encoding) -> lsp::Position {
        let mut offset = offset.min(self.len());
        while !self.text.is_char_boundary(offset as usize) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let before = &self.text[self.line_starts[line] as usize..offset as usize];
        let character = match encoding {
            Encoding::Utf8 => before.len(),
            _ if before.is_ascii() => before.len(),
            _ => before.chars().map(|char| encoding.units(char)).sum(),
        };
        lsp::Position { line: line as u32, character: character as u32 }
    }

    /// The byte at a position. One past the end of a line means its end, one past the last line the end of
    /// the text, one inside a character its beginning.
    pub(crate) fn offset(&self, position: lsp::Position, encoding: Encoding) -> u32 {
        let Some(line) = self.line(position.line as usize) else { return self.len() };
        let wanted = position.character as usize;
        let mut units = 0;
        for (index, char) in self.text[line.clone()].char_indices() {
            units += encoding.units(char);
            if units > wanted {
                return (line.start + index) as u32;
            }
        }
        line.end as u32
    }

    pub(crate) fn range(&self, range: Range<u32>, encoding: Encoding) -> lsp::Range {
        let start = self.position(range.start, encoding);
        lsp::Range { start, end: self.position(range.end.max(range.start), encoding) }
    }

    /// The bytes of a range; one whose ends are the wrong way round is taken the right way.
    pub(crate) fn bytes(&self, range: lsp::Range, encoding: Encoding) -> Range<u32> {
        let (start, end) = (self.offset(range.start, encoding), self.offset(range.end, encoding));
        start.min(end)..start.max(end)
    }

    /// The line that holds a byte, from 0.
    pub(crate) fn line_of(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line without its end.
    pub(crate) fn line(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.line_starts.get(line)? as usize;
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| *next as usize);
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        Some(start..start + text.len())
    }

    /// The same text with `range` replaced.
    pub(crate) fn replaced(&self, range: Range<u32>, new: &str) -> Self {
        let (before, after) = (&self.text[..range.start as usize], &self.text[range.end as usize..]);
        let text: Arc<str> = [before, new, after].concat().into();
        // Whether a line ends with a `\r` is said by what follows it, so lines that begin at the range count
        // as its own.
        let kept = self.line_starts.partition_point(|start| *start < range.start).max(1);
        let behind = self.line_starts.partition_point(|start| *start <= range.end).max(kept);
        let mut line_starts = Vec::with_capacity(self.line_starts.len() + 1);
        line_starts.extend_from_slice(&self.line_starts[..kept]);
        push_line_starts(&text, before.len().saturating_sub(1)..before.len() + new.len(), &mut line_starts);
        let moved = |start: &u32| (start - range.end) + (before.len() + new.len()) as u32;
        line_starts.extend(self.line_starts[behind..].iter().map(moved));
        Self { text, line_starts }
    }
}

/// Adds where lines begin whose ends in front are among `bytes`.
fn push_line_starts(text: &str, bytes: Range<usize>, line_starts: &mut Vec<u32>) {
    let all = text.as_bytes();
    for index in bytes {
        let ends = match all[index] {
            b'\n' => true,
            b'\r' => all.get(index + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            line_starts.push(index as u32 + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, encoding: Encoding, offset: u32, line: u32, character: u32) {
        let text = Text::new(text);
        let position = lsp::Position { line, character };
        assert_eq!(text.position(offset, encoding), position);
        assert_eq!(text.offset(position, encoding), offset);
    }

    #[test]
    fn units_are_those_agreed_on() {
        let text = "a\u{e9}\u{1f4a1}z\r\nb\rc\n";
        check(text, Encoding::Utf8, 7, 0, 7);
        check(text, Encoding::Utf16, 7, 0, 4);
        check(text, Encoding::Utf32, 7, 0, 3);
        check(text, Encoding::Utf16, 10, 1, 0);
        check(text, Encoding::Utf16, 12, 2, 0);
        check(text, Encoding::Utf16, 14, 3, 0);
    }

    #[test]
    fn lines_are_found_again_after_a_change() {
        let text = "a\r\nb\n\rc\r\n\nd\r";
        let pieces = ["", "x", "\n", "\r", "\r\n", "\n\r", "x\ny"];
        for start in 0..=text.len() {
            for end in start..=text.len() {
                for piece in pieces {
                    let replaced = Text::new(text).replaced(start as u32..end as u32, piece);
                    let whole = Text::new(replaced.text.clone());
                    assert_eq!(replaced.line_starts, whole.line_starts, "{start}..{end} {piece:?}");
                }
            }
        }
    }

    #[test]
    fn places_outside_are_moved_inside() {
        let text = Text::new("\u{1f4a1}b\r\nc");
        let at = |line, character| text.offset(lsp::Position { line, character }, Encoding::Utf16);
        assert_eq!(at(0, 1), 0, "inside a surrogate pair");
        assert_eq!(at(0, 99), 5, "behind a line");
        assert_eq!(at(99, 0), 8, "behind the text");
        assert_eq!(text.position(2, Encoding::Utf16), lsp::Position { line: 0, character: 0 });
        assert_eq!(text.position(99, Encoding::Utf16), lsp::Position { line: 1, character: 1 });
    }
}
