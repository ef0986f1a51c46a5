//! A file as `lymph-idl fmt` writes it.

use gen_lsp_types as lsp;

use crate::requests::Problem;
use crate::text::Text;
use crate::uri::path_of;
use crate::workspace::Workspace;

/// The edits that lay an open file out; one for the lines that differ.
pub(crate) fn format(
    workspace: &Workspace,
    params: &lsp::DocumentFormattingParams,
) -> Result<Vec<lsp::TextEdit>, Problem> {
    let uri = &params.text_document.uri;
    let Some(document) = workspace.document(uri) else { return Ok(Vec::new()) };
    let text = &document.text;
    // What is broken has its mistakes shown already; it stays as it is.
    let Ok(formatted) = lymph_idl::format(path_of(&uri.0), &*text.text) else { return Ok(Vec::new()) };
    let encoding = workspace.agreed.encoding;
    Ok(difference(text, &formatted)
        .map(|(range, new)| lsp::TextEdit { range: text.range(range, encoding), new_text: new.to_owned() })
        .into_iter()
        .collect())
}

/// What must be replaced, in whole lines, so that cursors elsewhere stay where they are.
fn difference<'n>(old: &Text, new: &'n str) -> Option<(std::ops::Range<u32>, &'n str)> {
    let text = &*old.text;
    if text == new {
        return None;
    }
    let lines = |text: &'_ str| text.split_inclusive('\n').map(str::len).collect::<Vec<_>>();
    let same = |one: &str, other: &str| -> usize {
        let pairs = one.split_inclusive('\n').zip(other.split_inclusive('\n'));
        pairs.take_while(|(one, other)| one == other).map(|(line, _)| line.len()).sum()
    };
    let start = same(text, new);
    let (old_rest, new_rest) = (&text[start..], &new[start..]);
    let mut end = 0;
    for (old_line, new_line) in lines(old_rest).into_iter().rev().zip(lines(new_rest).into_iter().rev()) {
        let at = |text: &str, line: usize| text.len() - end - line..text.len() - end;
        if old_rest[at(old_rest, old_line)] != new_rest[at(new_rest, new_line)] {
            break;
        }
        end += old_line;
    }
    let range = start as u32..(text.len() - end) as u32;
    Some((range, &new_rest[..new_rest.len() - end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, range: std::ops::Range<u32>, text: &str) {
        let old = Text::new(old);
        assert_eq!(difference(&old, new), Some((range.clone(), text)));
        assert_eq!(&*old.replaced(range, text).text, new);
    }

    #[test]
    fn lines_that_stay_are_left_alone() {
        assert_eq!(difference(&Text::new("a\n"), "a\n"), None);
        check("a\nb\nc\n", "a\nB\nc\n", 2..4, "B\n");
        check("a\nc\n", "a\nb\nc\n", 2..2, "b\n");
        check("a\na\n", "a\n", 2..4, "");
        check("a\r\nb\r\n", "a\nb\n", 0..6, "a\nb\n");
        check("a", "a\n", 0..1, "a\n");
    }
}
