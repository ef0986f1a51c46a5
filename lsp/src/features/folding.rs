//! What can be folded: braces, parentheses, comments, and `use` lines.

use gen_lsp_types as lsp;
use lymph_idl::{Punctuation, TokenKind, tokens};

use crate::text::Text;
use crate::workspace::Workspace;

/// What spans several lines in an open file.
pub(crate) fn ranges(workspace: &Workspace, params: &lsp::FoldingRangeParams) -> Vec<lsp::FoldingRange> {
    let Some(document) = workspace.document(&params.text_document.uri) else { return Vec::new() };
    of_text(&document.text)
}

fn of_text(text: &Text) -> Vec<lsp::FoldingRange> {
    let mut ranges = Vec::new();
    let mut open = Vec::new();
    // The lines of a run of comments, docs or `use` lines.
    let mut run: Option<(usize, usize, lsp::FoldingRangeKind)> = None;
    let mut begins = true;
    let mut in_use = false;
    for token in tokens(&text.text) {
        let (line, last) = (text.line_of(token.start), text.line_of(token.end.saturating_sub(1)));
        let is_comment = crate::heads::is_comment(token.kind);
        in_use |= begins && !is_comment && token.text(&text.text) == "use";
        let kind = match token.kind {
            _ if is_comment => Some(lsp::FoldingRangeKind::Comment),
            _ if in_use => Some(lsp::FoldingRangeKind::Imports),
            _ => None,
        };
        match (&mut run, kind) {
            (Some((_, end, same)), Some(kind)) if *same == kind && line <= *end + 1 => *end = last,
            (_, kind) => {
                ranges.extend(run.take().and_then(fold));
                run = kind.map(|kind| (line, last, kind));
            }
        }
        match token.kind {
            // `use` lines fold as one, with all that stands in them.
            _ if in_use => {}
            TokenKind::Punctuation(Punctuation::OpenBrace | Punctuation::OpenParen) => open.push(line),
            // The closing bracket stays in sight.
            TokenKind::Punctuation(Punctuation::CloseBrace | Punctuation::CloseParen) => {
                let start = open.pop().filter(|start| *start + 1 < line);
                ranges.extend(start.map(|start| range(start, line - 1, None)));
            }
            _ => {}
        }
        if !is_comment {
            let ends = [Punctuation::Semicolon, Punctuation::CloseBrace].map(TokenKind::Punctuation);
            // Names in a `use` line stand in braces, too.
            begins = token.kind == ends[0] || (token.kind == ends[1] && !in_use);
            in_use &= !begins;
        }
    }
    ranges.extend(run.and_then(fold));
    ranges.sort_unstable_by_key(|range| (range.start_line, range.end_line));
    ranges.dedup_by_key(|range| range.start_line);
    ranges
}

fn fold((start, end, kind): (usize, usize, lsp::FoldingRangeKind)) -> Option<lsp::FoldingRange> {
    (start < end).then(|| range(start, end, Some(kind)))
}

fn range(start: usize, end: usize, kind: Option<lsp::FoldingRangeKind>) -> lsp::FoldingRange {
    lsp::FoldingRange { start_line: start as u32, end_line: end as u32, kind, ..lsp::FoldingRange::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spans_lines_can_be_folded() {
        let text =
            "//! a\n//! b\npackage p @ 1.0.0;\nuse a.{\n  B,\n};\nuse c;\n\nstruct S {\n  a: u8,\n}\n}}\n";
        let lines: Vec<_> =
            of_text(&Text::new(text)).iter().map(|range| (range.start_line, range.end_line)).collect();
        assert_eq!(lines, [(0, 1), (3, 6), (8, 9)]);
    }
}
