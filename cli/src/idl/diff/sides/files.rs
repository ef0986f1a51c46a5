//! Where the files of one side are: on disk or in a revision.

use std::path::{Path, PathBuf};

use lymph_config::{Acceptances, Config, Lock};
use lymph_idl::{Failure, FileSystem, Loader, SourceMap, did_you_mean};

use crate::idl::diff::repository::{Repository, Revision};
use crate::idl::files::below;
use crate::idl::released;
use crate::output::Trouble;

/// The most that is read of settings, acceptances or releases.
const MAX_SIDE_FILE_BYTES: usize = 64 << 20;

/// Where the files of one side are.
pub(in crate::idl::diff) enum Files<'r> {
    /// As they are now; paths are those of the current folder.
    Disk,
    /// As they were committed; paths start at the root of the repository.
    Revision(Revision<'r>),
}

impl Files<'_> {
    pub(super) fn loader(&self) -> &dyn Loader {
        match self {
            Self::Disk => &FileSystem,
            Self::Revision(revision) => &revision.tree,
        }
    }

    /// The file at `path`, or every schema below it; `None` when there is nothing. What git ignores is left
    /// out, unless it ignores `path` as well: who names that means it.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when a folder cannot be read.
    pub(super) fn schemas(
        &self,
        path: &Path,
        repository: Option<&Repository>,
    ) -> Result<Option<Vec<PathBuf>>, Trouble> {
        if self.loader().is_file(path) {
            return Ok(Some(vec![path.to_owned()]));
        }
        let folder = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        match self {
            Self::Disk if folder.is_dir() => {
                let mut found = below(folder)?;
                if let Some(mut ignores) = repository.and_then(Repository::ignores)
                    && !ignores(folder)
                {
                    found.retain(|path| !ignores(path));
                }
                Ok(Some(found))
            }
            Self::Revision(revision) if revision.tree.is_folder(folder) => {
                Ok(Some(revision.tree.schemas_below(path)))
            }
            Self::Disk | Self::Revision(_) => Ok(None),
        }
    }

    /// Says that there is nothing at `path`.
    pub(super) fn missing(&self, path: &Path) -> Trouble {
        match self {
            Self::Disk => Trouble::new(format!("cannot read `{}`: it does not exist", path.display()))
                .help("paths are relative to the folder this runs in"),
            Self::Revision(revision) => {
                let trouble = Trouble::new(format!("no `{}` in `{}`", path.display(), revision.name));
                let folder = path.parent().unwrap_or(Path::new(""));
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let mut names = revision.tree.names(folder);
                // A link that leads nowhere is there and is not.
                names.retain(|other| *other != name);
                match did_you_mean(&name, names.iter().map(String::as_str)) {
                    Some(help) => trouble.help(help),
                    None => trouble
                        .help("paths behind a revision start at the root of the repository, or with `./`"),
                }
            }
        }
    }

    /// A path as people write it.
    pub(super) fn shown(&self, path: &Path) -> String {
        let path = path.display().to_string();
        match self {
            Self::Disk if path.is_empty() => ".".to_owned(),
            Self::Disk => path,
            Self::Revision(revision) => format!("{}:{path}", revision.name),
        }
    }

    /// The settings that count for a schema.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when they have mistakes.
    pub(super) fn config(&self, schema: &Path) -> Result<Config, Trouble> {
        let Self::Revision(revision) = self else { return Ok(Config::find(schema)?) };
        match self.nearest(schema, lymph_config::FILE_NAME)? {
            Some((file, text)) => settings(revision, &file, &text),
            None => Ok(Config::default()),
        }
    }

    /// The settings in a file; those by default where there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when they have mistakes.
    pub(super) fn config_in(&self, file: &Path) -> Result<Config, Trouble> {
        match self {
            Self::Disk => Ok(Config::read(file)?),
            Self::Revision(revision) if revision.tree.is_file(file) => {
                settings(revision, file, &self.text(file)?)
            }
            Self::Revision(_) => Ok(Config::default()),
        }
    }

    /// The releases that count for a schema.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when they cannot be read.
    pub(super) fn lock(&self, schema: &Path) -> Result<Lock, Trouble> {
        match self.nearest(schema, Lock::FILE_NAME)? {
            Some((file, text)) => released::parse(&file, &text),
            None => Ok(Lock::default()),
        }
    }

    /// The acceptances that count for a schema.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when they have mistakes.
    pub(super) fn acceptances(&self, schema: &Path) -> Result<Acceptances, Trouble> {
        match self.nearest(schema, Acceptances::FILE_NAME)? {
            Some((file, text)) => Ok(Acceptances::parse(file, &text)?),
            None => Ok(Acceptances::default()),
        }
    }

    /// The nearest file of a name in a schema's folder or above, and what it says.
    fn nearest(&self, schema: &Path, name: &str) -> Result<Option<(PathBuf, String)>, Trouble> {
        let file = match self {
            Self::Disk => lymph_config::nearest(schema, name),
            Self::Revision(revision) => {
                let mut files = schema.ancestors().skip(1).map(|folder| folder.join(name));
                files.find(|file| revision.tree.is_file(file))
            }
        };
        let Some(file) = file else { return Ok(None) };
        let text = self.text(&file)?;
        Ok(Some((file, text)))
    }

    fn text(&self, file: &Path) -> Result<String, Trouble> {
        let unreadable =
            |why: &dyn std::fmt::Display| Trouble::new(format!("cannot read `{}`: {why}", self.shown(file)));
        let bytes = self.loader().read(file, MAX_SIDE_FILE_BYTES).map_err(|error| unreadable(&error))?;
        if bytes.len() > MAX_SIDE_FILE_BYTES {
            return Err(unreadable(&format_args!("it is larger than {MAX_SIDE_FILE_BYTES} bytes")));
        }
        String::from_utf8(bytes).map_err(|_| unreadable(&"it is not UTF-8"))
    }

    /// Settings of the disk as this side sees them.
    pub(super) fn adapt(&self, mut config: Config, repository: Option<&Repository>) -> Config {
        for folder in &mut config.include {
            *folder = self.path_of(folder, repository);
        }
        config
    }

    /// A folder of the disk as this side sees it: one outside of the repository has no history.
    pub(super) fn path_of(&self, folder: &Path, repository: Option<&Repository>) -> PathBuf {
        match (self, repository) {
            (Self::Disk, _) | (Self::Revision(_), None) => folder.to_owned(),
            (Self::Revision(_), Some(repository)) => repository
                .inside(folder)
                .unwrap_or_else(|| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())),
        }
    }

    /// Puts the revision before the paths of files with mistakes.
    pub(super) fn name_files(&self, mut failure: Failure) -> Failure {
        if let Self::Revision(_) = self {
            let mut named = SourceMap::default();
            for (_, file) in failure.sources.files() {
                named.add(self.shown(&file.path), file.text.clone());
            }
            failure.sources = named;
        }
        failure
    }
}

fn settings(revision: &Revision<'_>, file: &Path, text: &str) -> Result<Config, Trouble> {
    Config::parse(file, text).map_err(|error| {
        Trouble::new(format!("cannot use the settings in `{}`: {error}", revision.name))
            .help("`--config FILE` names others")
    })
}
