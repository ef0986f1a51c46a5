//! Where bytes come from.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Where schema text comes from: the file system, a revision of a repository, an editor's buffers.
///
/// Paths are the roots as given, and candidates for imports made from include paths and the folders of
/// importing files.
pub trait Loader {
    /// The bytes of a file. May stop after `limit + 1` of them: more than `limit` is refused anyway.
    ///
    /// # Errors
    ///
    /// What reading gave; the message is shown to people.
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>>;

    /// Whether a file can be read at `path`.
    fn is_file(&self, path: &Path) -> bool;

    /// Names of the files in a folder, in any order; nothing when there is no such folder.
    fn file_names(&self, folder: &Path) -> Vec<String>;

    /// The same for all paths of one file, so that it is read once.
    fn identity(&self, path: &Path) -> PathBuf {
        let mut identity = PathBuf::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir
                    if matches!(identity.components().next_back(), Some(Component::Normal(_))) =>
                {
                    identity.pop();
                }
                other => identity.push(other),
            }
        }
        identity
    }
}

/// Reads files from disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileSystem;

impl Loader for FileSystem {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let file = fs::File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut bytes = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    fn identity(&self, path: &Path) -> PathBuf {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }
}

/// Files in memory, for tests and editors.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        let path = self.identity(&path.into());
        self.files.insert(path, bytes.into());
        self
    }
}

impl Loader for Memory {
    fn read(&self, path: &Path, _limit: usize) -> io::Result<Vec<u8>> {
        self.files.get(&self.identity(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(&self.identity(path))
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        let folder = self.identity(folder);
        let paths = self.files.keys().filter(|path| path.parent() == Some(&folder));
        paths.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    }
}
