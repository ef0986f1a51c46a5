//! The files of one revision.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use gix::ObjectId;
use gix::objs::tree::EntryMode;
use lymph_idl::{FileSystem, Loader};

/// Folders inside folders that are looked through, as on disk.
const MAX_DEPTH: usize = 32;

/// Links that one path may lead through.
const MAX_LINKS: usize = 16;

/// The files of one revision, by their paths from the root of the repository. Absolute paths lead out of it, to
/// files that have no history.
#[derive(Clone)]
pub(super) struct Tree<'r> {
    git: &'r gix::Repository,
    root: ObjectId,
}

/// What stands at a path, with its path when links are followed.
struct Entry {
    path: PathBuf,
    id: ObjectId,
    is_folder: bool,
}

impl<'r> Tree<'r> {
    pub(super) fn new(git: &'r gix::Repository, root: ObjectId) -> Self {
        Self { git, root }
    }

    /// Whether there is a folder at `path`.
    pub(super) fn is_folder(&self, path: &Path) -> bool {
        self.entry(path).is_some_and(|entry| entry.is_folder)
    }

    /// Every schema below a folder, sorted.
    pub(super) fn schemas_below(&self, folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        self.walk(folder, MAX_DEPTH, &mut found);
        found
    }

    /// Names of what a folder holds, for suggestions.
    pub(super) fn names(&self, folder: &Path) -> Vec<String> {
        let Some(entry) = self.entry(folder).filter(|entry| entry.is_folder) else { return Vec::new() };
        let names = self.children(entry.id).into_iter().map(|(name, ..)| name);
        names.filter_map(|name| name.into_string().ok()).collect()
    }

    fn walk(&self, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
        let Some(entry) = self.entry(folder).filter(|entry| entry.is_folder) else { return };
        let mut children = self.children(entry.id);
        children.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        for (name, mode, _) in children {
            let path = folder.join(&name);
            let hidden = name.to_string_lossy().starts_with('.');
            let is_folder = mode.is_tree() || (mode.is_link() && self.is_folder(&path));
            if is_folder && !hidden && depth > 0 {
                self.walk(&path, depth - 1, found);
            } else if !is_folder && path.extension().is_some_and(|extension| extension == "lymph") {
                found.push(path);
            }
        }
    }

    fn entry(&self, path: &Path) -> Option<Entry> {
        let mut rest = parts(path)?;
        let mut links = 0;
        let (mut at, mut folders) = (PathBuf::new(), vec![self.root]);
        while let Some(part) = rest.pop() {
            if part == ".." {
                folders.pop();
                at.pop();
                folders.last()?;
                continue;
            }
            let children = self.children(*folders.last()?);
            let (name, mode, id) = children.into_iter().find(|(name, ..)| *name == part)?;
            if mode.is_tree() {
                at.push(name);
                folders.push(id);
            } else if mode.is_link() {
                links += 1;
                let target = self.git.find_blob(id).ok()?;
                let target = gix::path::from_byte_slice(&target.data).ok()?;
                if links > MAX_LINKS {
                    return None;
                }
                rest.extend(parts(target)?);
            } else {
                let is_file = mode.is_blob() && rest.is_empty();
                return is_file.then(|| Entry { path: at.join(name), id, is_folder: false });
            }
        }
        Some(Entry { path: at, id: folders.pop()?, is_folder: true })
    }

    fn children(&self, folder: ObjectId) -> Vec<(OsString, EntryMode, ObjectId)> {
        let Ok(tree) = self.git.find_tree(folder) else { return Vec::new() };
        let entries = tree.iter().flatten();
        let named = entries.filter_map(|entry| {
            let name = gix::path::from_bstr(entry.filename()).ok()?;
            Some((name.into_owned().into_os_string(), entry.mode(), entry.object_id()))
        });
        named.collect()
    }
}

/// The components of a relative path, the last one first.
fn parts(path: &Path) -> Option<Vec<OsString>> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir | Component::Normal(_) => parts.push(component.as_os_str().to_owned()),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    parts.reverse();
    Some(parts)
}

impl Loader for Tree<'_> {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        if path.is_absolute() {
            return FileSystem.read(path, limit);
        }
        let entry = self.entry(path).ok_or(io::ErrorKind::NotFound)?;
        if entry.is_folder {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut blob = self.git.find_blob(entry.id).map_err(io::Error::other)?;
        Ok(blob.take_data())
    }

    fn is_file(&self, path: &Path) -> bool {
        match path.is_absolute() {
            true => FileSystem.is_file(path),
            false => self.entry(path).is_some_and(|entry| !entry.is_folder),
        }
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        match folder.is_absolute() {
            true => FileSystem.file_names(folder),
            false => self.names(folder),
        }
    }

    fn identity(&self, path: &Path) -> PathBuf {
        match path.is_absolute() {
            true => FileSystem.identity(path),
            false => self.entry(path).map_or_else(|| path.to_owned(), |entry| entry.path),
        }
    }
}
