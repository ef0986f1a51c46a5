//! Which packages files declare, without reading more of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lymph_idl::{FileSystem, Limits, Loader, Punctuation, TokenKind, tokens};

use super::files::below;
use crate::output::Trouble;

/// The packages of some files; those that cannot be read have none.
pub(super) fn packages(loader: &dyn Loader, paths: &[PathBuf]) -> BTreeSet<String> {
    paths.iter().filter_map(|path| package(loader, path)).collect()
}

/// The packages of all files on disk in the folder of `file` and below.
///
/// # Errors
///
/// [`Trouble`] when a folder cannot be read.
pub(super) fn beside(file: &Path) -> Result<BTreeSet<String>, Trouble> {
    Ok(packages(&FileSystem, &below(folder_of(file))?))
}

/// The folder that a file is in.
pub(super) fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The package that a file declares.
pub(super) fn package(loader: &dyn Loader, path: &Path) -> Option<String> {
    let bytes = loader.read(path, Limits::default().file_bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut tokens =
        tokens(&text).skip_while(|token| !(token.kind == TokenKind::Word && token.text(&text) == "package"));
    tokens.next()?;
    let name = tokens
        .take_while(|token| matches!(token.kind, TokenKind::Word | TokenKind::Punctuation(Punctuation::Dot)));
    Some(name.map(|token| token.text(&text)).collect())
}
