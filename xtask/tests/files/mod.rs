//! The files of the repository.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

/// A file with what is in it.
pub(crate) struct File {
    /// From the workspace's folder, with `/` between its parts.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// Its text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// Whether a program wrote it, and a test compares it with what it would write now.
    pub(crate) fn is_generated(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.starts_with("expected")
            || self.path.contains("/golden/")
            || self.text().lines().next().is_some_and(|line| line.contains("@generated"))
    }
}

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}

/// Every file but what Git keeps to itself and what `.gitignore` lists, in order of paths.
///
/// Git itself is not asked: it may be missing, or refuse a clone of somebody else.
pub(crate) fn files() -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
            if matches!(name, ".git" | "target" | "__pycache__" | "node_modules") || name.ends_with(".rs.bk")
            {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(root()).expect("found inside");
                let bytes = fs::read(&path).expect("files of the repository can be read");
                found.push(File { path: inside.to_str().expect("checked above").to_owned(), bytes });
            }
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("folders of the repository can be listed");
    entries.map(|entry| entry.expect("an entry just listed").path()).collect()
}
