//! What the tests of the editor packages beside this crate share: the grammar for tree-sitter as a library,
//! every schema of the repository with the parser's verdict on it, and a Node.js that finds its packages.

mod corpus;
mod grammar;
mod node;
mod program;

use std::path::{Path, PathBuf};

pub use corpus::{Sample, Verdict, corpus};
pub use grammar::{Captures, captures, nodes, parse, query};
pub use node::Node;
pub use program::program;

/// The folder of the editor packages.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the repository.
#[must_use]
pub fn root() -> &'static Path {
    folder().parent().expect("this crate is a folder of the workspace")
}

/// Compares `found` with a file of [`folder`], or writes it there when `BLESS` is set.
///
/// # Panics
///
/// When they differ: the message shows the first line that does.
pub fn check(found: &str, expected: impl AsRef<Path>) {
    let path: PathBuf = folder().join(expected);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, found).expect("folders of the repository can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if found != expected {
        let differs = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
        let line = differs.unwrap_or(found.lines().count().min(expected.lines().count()));
        panic!(
            "{}:{}: `{}` where there should be `{}`; if that is right, run the test again with BLESS=1",
            path.display(),
            line + 1,
            found.lines().nth(line).unwrap_or_default(),
            expected.lines().nth(line).unwrap_or_default(),
        );
    }
}
