//! Files that are either as they were or as they should be, whatever happens in between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::output::Trouble;

/// Puts `bytes` in place of what `path` holds, at once and with the permissions it had; makes it, and the
/// folders it is in, when there is none.
///
/// # Errors
///
/// [`Trouble`] when that fails; then what was there still is.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    if path.is_dir() {
        return Err(Trouble::new(format!("cannot write `{}`: it is a folder", path.display())));
    }
    let failed = |error| Trouble::new(format!("cannot write `{}`: {error}", path.display()));
    // A link stays one: what it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let (mut beside, place) = beside(&target).map_err(failed)?;
    let written = write(&mut beside, bytes, &target).and_then(|()| fs::rename(&place, &target));
    written.map_err(|error| {
        // What matters is the first failure.
        let _ = fs::remove_file(&place);
        failed(error)
    })
}

/// A new file in the folder of `target`: a rename works only within one file system.
fn beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut attempt = 0;
    loop {
        let place = target.with_file_name(format!(".{name}.{}-{attempt}.new", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            opened => return opened.map(|file| (file, place)),
        }
    }
}

fn write(beside: &mut File, bytes: &[u8], target: &Path) -> io::Result<()> {
    if let Ok(old) = fs::metadata(target) {
        // Renaming would get around a file's own protection.
        if old.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        beside.set_permissions(old.permissions())?;
    }
    beside.write_all(bytes)?;
    beside.sync_all()
}
