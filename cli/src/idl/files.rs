//! From the paths on the command line to schemas.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use lymph_config::Config;
use lymph_idl::{Failure, FileSystem, Loader, Options, Schema};

use super::args::Schemas;
use crate::output::Trouble;

/// Folders inside folders that are looked through.
const MAX_DEPTH: usize = 32;

/// The schemas to work on.
pub(super) struct Input {
    /// Those asked for, without what they import.
    pub files: Vec<PathBuf>,
    /// What the nearest `lymph.toml` says.
    pub config: Config,
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
        let files = asked_for(&schemas.paths, schemas.config.as_deref())?;
        let config = match (&schemas.config, files.first()) {
            (Some(path), _) => Config::read(path)?,
            (None, Some(first)) => Config::find(first)?,
            (None, None) => Config::default(),
        };
        let folders = schemas.include.iter().chain(&config.include);
        let options = folders.fold(Options::new(), |options, path| options.include_path(path));
        Ok(Self { files, config, options })
    }

    /// Reads them, with everything they import.
    pub(super) fn load(&self) -> Result<Schema, Failure> {
        lymph_idl::load(&self.files, &self.options)
    }
}

/// The schemas that a command looks at: those that `paths` name, else those of `lymph.toml`, else all below the
/// current folder. The `lymph.toml` is `config`, else the nearest one here or above.
///
/// # Errors
///
/// [`Trouble`] when a folder cannot be read or holds none, and when `lymph.toml` has mistakes.
pub(super) fn asked_for(paths: &[PathBuf], config: Option<&Path>) -> Result<Vec<PathBuf>, Trouble> {
    if !paths.is_empty() {
        return find(paths);
    }
    let config = here(config)?;
    if config.schemas.is_empty() {
        return find(&[".".into()]);
    }
    let mut walk = Walk::default();
    for path in &config.schemas {
        if !walk.add(&path.value)? {
            let message = format!("no .lymph file in `{}`", path.value.display());
            return Err(config.error(&path.place, message).into());
        }
    }
    Ok(walk.found)
}

/// The settings of the current folder: those of `config`, else of the nearest `lymph.toml`.
///
/// # Errors
///
/// [`Trouble`] when they have mistakes.
pub(super) fn here(config: Option<&Path>) -> Result<Config, Trouble> {
    Ok(match config {
        Some(path) => Config::read(path)?,
        // The file that a schema of this folder would have.
        None => Config::find(lymph_config::FILE_NAME)?,
    })
}

/// The schemas that `paths` name: files as they are, of folders every `.lymph` file below them, each once.
///
/// # Errors
///
/// [`Trouble`] when a folder cannot be read or holds none.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut walk = Walk::default();
    for path in paths {
        if !walk.add(path)? {
            return Err(Trouble::new(format!("no .lymph file in `{}`", path.display())));
        }
    }
    Ok(walk.found)
}

/// Every `.lymph` file below a folder, each once; there need not be any.
///
/// # Errors
///
/// [`Trouble`] when a folder cannot be read.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut walk = Walk::default();
    walk.folder(folder, MAX_DEPTH)?;
    Ok(walk.found)
}

/// The bytes of a schema, or one more than `limit` of them: what is too long is refused by what reads it.
///
/// # Errors
///
/// [`Trouble`] when it cannot be read.
pub(super) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Trouble> {
    FileSystem.read(path, limit).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Trouble {
    let trouble = |reason: &str| Trouble::new(format!("cannot read `{}`: {reason}", path.display()));
    match error.kind() {
        io::ErrorKind::NotFound => {
            trouble("it does not exist").help("paths are relative to the folder this runs in")
        }
        io::ErrorKind::PermissionDenied => trouble("permission denied"),
        _ => trouble(&error.to_string()),
    }
}

/// A look through folders.
#[derive(Default)]
struct Walk {
    found: Vec<PathBuf>,
    /// Files and folders by their real paths: links can lead to one twice, or around in a circle.
    seen: HashSet<PathBuf>,
}

impl Walk {
    fn is_new(&mut self, path: &Path) -> bool {
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    /// Adds a file, or what is in a folder; false when that holds no schema.
    fn add(&mut self, path: &Path) -> Result<bool, Trouble> {
        if fs::metadata(path).map_err(|error| unreadable(path, &error))?.is_dir() {
            return self.folder(path, MAX_DEPTH);
        }
        self.file(path.to_owned());
        Ok(true)
    }

    fn file(&mut self, path: PathBuf) {
        if self.is_new(&path) {
            self.found.push(path);
        }
    }

    /// Adds what is in a folder; false when there is no schema.
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<bool, Trouble> {
        if depth == 0 {
            return Err(Trouble::new(format!("`{}` is too deep inside of other folders", folder.display()))
                .help("name the folder of the schemas"));
        }
        if !self.is_new(folder) {
            return Ok(true);
        }
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unreadable(folder, &error))?;
        paths.sort();
        let mut has_schemas = false;
        for path in paths {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            // What Cargo builds, copies of schemas among it, is marked so.
            if path.is_dir() && !hidden && !path.join("CACHEDIR.TAG").exists() {
                has_schemas |= self.folder(&path, depth - 1)?;
            } else if path.extension().is_some_and(|extension| extension == "lymph") && path.is_file() {
                has_schemas = true;
                // What is below the current folder is told without it.
                self.file(path.strip_prefix(".").map_or(path.clone(), Path::to_owned));
            }
        }
        Ok(has_schemas)
    }
}
