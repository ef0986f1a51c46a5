//! From the paths on the command line to schemas.

use std::path::{Path, PathBuf};

use lymph_config::Config;
use lymph_idl::{Failure, Options, Schema};

use super::args::Schemas;
use crate::output::Trouble;

/// Folders inside folders that are looked through.
const MAX_DEPTH: usize = 32;

/// The schemas to work on.
pub(super) struct Input {
    /// Those asked for, without what they import.
    pub files: Vec<PathBuf>,
    /// How to read them: folders of the command line come before those of `lymph.toml`.
    pub options: Options,
}

impl Input {
    /// Finds the files and the settings that `schemas` ask for.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when a folder cannot be read or holds no schema, and when `lymph.toml` has mistakes.
    pub(super) fn of(schemas: &Schemas) -> Result<Self, Trouble> {
        let files = find(schemas)?;
        let config = match (&schemas.config, files.first()) {
            (Some(path), _) => Config::read(path)?,
            (None, Some(first)) => Config::find(first)?,
            (None, None) => Config::default(),
        };
        let folders = schemas.include.iter().chain(&config.include);
        let options = folders.fold(Options::new(), |options, path| options.include_path(path));
        Ok(Self { files, options })
    }

    /// Reads them, with everything they import.
    pub(super) fn load(&self) -> Result<Schema, Failure> {
        lymph_idl::load(&self.files, &self.options)
    }
}

/// The schemas that `schemas` name: files as they are, of folders every `.lymph` file below them.
///
/// # Errors
///
/// [`Trouble`] when a folder cannot be read or holds none.
fn find(schemas: &Schemas) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    for path in &schemas.paths {
        if !path.exists() {
            return Err(Trouble::new(format!("cannot read `{}`: it does not exist", path.display()))
                .help("paths are relative to the folder this runs in"));
        }
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        walk(path, MAX_DEPTH, &mut found)?;
        if found.len() == before {
            return Err(Trouble::new(format!("no .lymph file in `{}`", path.display())));
        }
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let unreadable = |error| Trouble::new(format!("cannot read `{}`: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden && depth > 0 {
            walk(&path, depth - 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == "lymph") {
            found.push(path);
        }
    }
    Ok(())
}
