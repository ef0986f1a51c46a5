//! Files of which some are changed in memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use lymph_idl::Loader;

/// Reads changed files from memory and all others from where they are.
#[derive(Clone)]
pub(super) struct Overlay<'a> {
    below: &'a dyn Loader,
    /// By identity.
    changed: BTreeMap<PathBuf, String>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(below: &'a dyn Loader) -> Self {
        Self { below, changed: BTreeMap::new() }
    }

    pub(super) fn set(&mut self, path: &Path, text: String) {
        self.changed.insert(self.below.identity(path), text);
    }

    /// The text of a changed file.
    pub(super) fn text(&self, path: &Path) -> Option<&str> {
        self.changed.get(&self.below.identity(path)).map(String::as_str)
    }
}

impl Loader for Overlay<'_> {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        match self.text(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.below.read(path, limit),
        }
    }

    fn is_file(&self, path: &Path) -> bool {
        self.below.is_file(path)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.below.file_names(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.below.identity(path)
    }
}
