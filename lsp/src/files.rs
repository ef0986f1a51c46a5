//! Every file we know: what editors hold and have not saved, and what stands on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lymph_idl::{FileSystem, Limits, Loader};

use crate::text::Text;
use crate::uri::normal;

/// Folders inside folders that are looked through.
const MAX_DEPTH: usize = 16;

/// Schemas of all folders together; also how many files one run may need.
pub(crate) const MAX_FILES: usize = 4_096;

/// Folder entries looked at, so that opening a whole disk ends.
const MAX_ENTRIES: usize = 200_000;

/// Bytes of all schemas read from disk.
const MAX_BYTES: usize = 64 << 20;

/// A text in an editor.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// As the client writes it.
    pub(crate) uri: String,
    pub(crate) version: i32,
    pub(crate) text: Text,
}

/// What editors hold wins over what stands on disk.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) open: BTreeMap<PathBuf, Document>,
    /// Schemas below `folders` as they were last read.
    saved: BTreeMap<PathBuf, Arc<[u8]>>,
}

impl Files {
    /// Reads every schema below the folders anew. Says what was left out, if anything was.
    pub(crate) fn scan(&mut self) -> Option<String> {
        self.saved.clear();
        let mut scan = Scan { entries: 0, bytes: 0, complete: true };
        for folder in self.folders.clone() {
            scan.folder(&folder, 0, &mut self.saved);
        }
        (!scan.complete).then(|| {
            format!(
                "not all schemas of the workspace are known: at most {MAX_FILES} files, {} MiB and \
                 {MAX_DEPTH} levels of folders are looked at",
                MAX_BYTES >> 20
            )
        })
    }

    /// Reads one file again, or forgets it.
    pub(crate) fn refresh(&mut self, path: &Path) {
        let below = self.folders.iter().any(|folder| path.starts_with(folder));
        let known = self.saved.contains_key(path) || self.saved.len() < MAX_FILES;
        match read(path) {
            Some(bytes) if below && known => {
                self.saved.insert(path.to_owned(), bytes);
            }
            _ => {
                self.saved.remove(path);
            }
        }
    }

    /// Every schema of the workspace and every open one, by path.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let closed = self.saved.keys().filter(|path| !self.open.contains_key(*path));
        self.open.keys().chain(closed).map(PathBuf::as_path)
    }

    /// The text of a file as it is now.
    pub(crate) fn text(&self, path: &Path) -> Option<Arc<str>> {
        if let Some(document) = self.open.get(path) {
            return Some(document.text.text.clone());
        }
        let bytes = self.saved.get(path)?;
        Some(String::from_utf8_lossy(bytes).into())
    }
}

impl Loader for Files {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let path = normal(path);
        if let Some(document) = self.open.get(&path) {
            return Ok(document.text.text.as_bytes().to_vec());
        }
        match self.saved.get(&path) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => FileSystem.read(&path, limit),
        }
    }

    fn is_file(&self, path: &Path) -> bool {
        let path = normal(path);
        self.open.contains_key(&path) || self.saved.contains_key(&path) || path.is_file()
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        let folder = normal(folder);
        let mut names = FileSystem.file_names(&folder);
        let open = self.open.keys().filter(|path| path.parent() == Some(&folder));
        names.extend(open.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())));
        names.sort_unstable();
        names.dedup();
        names
    }
}

struct Scan {
    entries: usize,
    bytes: usize,
    complete: bool,
}

impl Scan {
    /// Takes in what is below a folder; names with a dot in front and `target` are not looked at.
    fn folder(&mut self, folder: &Path, depth: usize, saved: &mut BTreeMap<PathBuf, Arc<[u8]>>) {
        let mut paths: Vec<(PathBuf, bool)> = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            self.entries += 1;
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with('.') || name == "target";
            // A link to a folder may lead in circles.
            let Ok(kind) = entry.file_type() else { continue };
            if !hidden {
                paths.push((entry.path(), kind.is_dir()));
            }
        }
        paths.sort_unstable();
        for (path, is_folder) in paths {
            if saved.len() >= MAX_FILES || self.entries > MAX_ENTRIES || self.bytes > MAX_BYTES {
                self.complete = false;
                return;
            }
            if is_folder && depth < MAX_DEPTH {
                self.folder(&path, depth + 1, saved);
            } else if is_folder {
                self.complete = false;
            } else if is_schema(&path)
                && let Some(bytes) = read(&path)
            {
                self.bytes += bytes.len();
                saved.insert(path, bytes);
            }
        }
    }
}

pub(crate) fn is_schema(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "lymph")
}

/// The bytes of a file, one more than a schema may have if there are too many.
fn read(path: &Path) -> Option<Arc<[u8]>> {
    let limit = Limits::default().file_bytes;
    FileSystem.read(path, limit).ok().map(Arc::from)
}
