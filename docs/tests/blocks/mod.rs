//! Fenced blocks of the README and the guides.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands between two fences.
pub(crate) struct Block {
    /// `docs/cli.md:12`, for messages.
    pub(crate) place: String,
    /// What follows the opening fence: `yaml vars`.
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("docs is a folder of the workspace")
}

/// The README and every guide.
pub(crate) fn documents() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("docs")).expect("this folder");
    let mut found: Vec<_> = entries.map(|entry| entry.expect("an entry just listed").path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found.extend(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map(|name| root().join(name)));
    found.sort();
    found
}

/// All blocks of all documents, in order.
pub(crate) fn blocks() -> Vec<Block> {
    documents().iter().flat_map(|path| blocks_of(path)).collect()
}

fn blocks_of(path: &Path) -> Vec<Block> {
    let text = fs::read_to_string(path).expect("just listed");
    let name = path.strip_prefix(root()).expect("inside").display().to_string();
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => {
                let place = format!("{name}:{}", index + 1);
                open = Some(Block { place, kind: kind.to_owned(), text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{name}: a block without an end");
    found
}
