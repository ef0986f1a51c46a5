//! Changes to several files, by our offsets.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;

use crate::text::Text;
use crate::workspace::Workspace;

/// Changes to texts; those of one text do not overlap.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    files: BTreeMap<PathBuf, Edited>,
}

/// A text and what replaces which of its bytes.
#[derive(Debug)]
struct Edited {
    text: Text,
    edits: BTreeMap<(u32, u32), String>,
}

impl Edits {
    /// Replaces a range of `text`, which stands at `path`. The same change twice is one.
    pub(crate) fn replace(&mut self, path: &Path, text: &Text, range: Range<u32>, new: impl Into<String>) {
        let file = self.files.entry(path.to_owned());
        let file = file.or_insert_with(|| Edited { text: text.clone(), edits: BTreeMap::new() });
        file.edits.insert((range.start, range.end), new.into());
    }

    /// The texts as they are afterwards.
    pub(crate) fn applied(&self) -> BTreeMap<PathBuf, String> {
        let apply = |Edited { text, edits }: &Edited| {
            let mut result = String::with_capacity(text.text.len());
            let mut done = 0;
            for ((start, end), new) in edits {
                result.push_str(&text.text[done..*start as usize]);
                result.push_str(new);
                done = *end as usize;
            }
            result + &text.text[done..]
        };
        self.files.iter().map(|(path, file)| (path.clone(), apply(file))).collect()
    }

    /// Where a byte of a file is afterwards.
    pub(crate) fn moved(&self, path: &Path, offset: u32) -> u32 {
        let mut moved = i64::from(offset);
        if let Some(Edited { edits, .. }) = self.files.get(path) {
            for ((start, end), new) in edits.range(..=(offset, u32::MAX)) {
                if *end <= offset {
                    moved += new.len() as i64 - i64::from(end - start);
                }
            }
        }
        u32::try_from(moved).unwrap_or(0)
    }

    /// As the client applies them.
    pub(crate) fn for_client(&self, workspace: &Workspace) -> lsp::WorkspaceEdit {
        let encoding = workspace.agreed.encoding;
        let of_file = |Edited { text, edits }: &Edited| -> Vec<lsp::TextEdit> {
            let edit = |((start, end), new): (&(u32, u32), &String)| lsp::TextEdit {
                range: text.range(*start..*end, encoding),
                new_text: new.clone(),
            };
            edits.iter().map(edit).collect()
        };
        let mut edit = lsp::WorkspaceEdit::default();
        if !workspace.agreed.document_changes {
            let changes = self.files.iter().map(|(path, file)| (workspace.uri(path), of_file(file)));
            edit.changes = Some(changes.collect());
            return edit;
        }
        let changes = self.files.iter().map(|(path, file)| {
            let version = workspace.files.open.get(path).map(|document| document.version);
            let text_document_identifier = lsp::TextDocumentIdentifier { uri: workspace.uri(path) };
            let text_document =
                lsp::OptionalVersionedTextDocumentIdentifier { version, text_document_identifier };
            let edits = of_file(file).into_iter().map(lsp::Edit::from).collect();
            lsp::DocumentChange::from(lsp::TextDocumentEdit { text_document, edits })
        });
        edit.document_changes = Some(changes.collect());
        edit
    }
}
