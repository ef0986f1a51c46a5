//! From the arguments to the two schemas that are compared.

mod files;
mod moved;

use std::path::{Path, PathBuf};

use lymph_config::Config;
use lymph_diff::{Pair, Policy};
use lymph_idl::{Failure, Schema, Version};

use super::named::Named;
use super::repository::{Repository, Revision};
use super::side::Side;
use crate::idl::{args, model_json, tolerance};
use crate::output::Trouble;
pub(super) use files::Files;

/// The most that is read of a model; it holds every file of its schema.
const MAX_MODEL_BYTES: usize = 64 << 20;

/// Why there is nothing to compare.
pub(in crate::idl) enum Undecided {
    /// What was asked for cannot be had.
    Trouble(Trouble),
    /// One side's schemas have mistakes.
    Mistakes { side: String, failure: Failure },
}

impl From<Trouble> for Undecided {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// One side before it is read.
struct Wanted<'r> {
    files: Files<'r>,
    /// As people see it; from the root of the repository in revisions.
    path: PathBuf,
    version: Option<Version>,
    /// Whether the path is the other side's, so that it need not be there.
    follows: bool,
}

/// Reads both sides.
///
/// # Errors
///
/// [`Undecided`] when a side cannot be found or has mistakes.
pub(super) fn sides(args: &args::Sides) -> Result<Pair<Side>, Undecided> {
    let repository = Repository::around();
    let wanted = wanted(args, &repository)?;
    let repository = repository.as_ref().ok();
    let mut paths = Pair::new(wanted.old.paths(repository)?, wanted.new.paths(repository)?);
    if paths.old.is_empty() && paths.new.is_empty() {
        return Err(Trouble::new(format!("no .lymph file in `{}`", wanted.new.shown())).into());
    }
    moved::follow(wanted.as_ref(), &mut paths, repository);
    let old = wanted.old.load(&paths.old, args, repository, false)?;
    let new = wanted.new.load(&paths.new, args, repository, true)?;
    Ok(Pair::new(old, new))
}

fn wanted<'r>(
    args: &args::Sides,
    repository: &'r Result<Repository, Trouble>,
) -> Result<Pair<Wanted<'r>>, Trouble> {
    let read = |text: &Option<String>| text.as_deref().map(|text| Named::read(text, Path::exists));
    let here = || Path::new("").to_owned();
    let named = (read(&args.old), read(&args.new));
    for named in [&named.0, &named.1].into_iter().flatten() {
        // Where nothing can be a revision, a path was meant.
        if let (Named::Revision(text), Err(_)) = (named, repository) {
            return Err(Files::Disk.missing(Path::new(text)));
        }
    }
    Ok(match named {
        (None, _) => Pair::new(base(args, repository, here())?, disk(repository, here(), None, true)?),
        (Some(Named::Path(path, None)), None) => {
            Pair::new(base(args, repository, path.clone())?, disk(repository, path, None, false)?)
        }
        (Some(Named::Path(path, version)), None) => {
            Pair::new(disk(repository, path.clone(), version, false)?, disk(repository, path, None, false)?)
        }
        (Some(Named::Revision(name)), None) => {
            let repository_ = found(repository)?;
            let new = disk(repository, here(), None, true)?;
            Pair::new(Wanted::same(repository_.revision(&name)?, repository_, &new.path)?, new)
        }
        (Some(old @ Named::InRevision { .. }), None) => {
            let old = alone(old, repository)?;
            let repository_ = found(repository)?;
            let path = repository_.outside(&old.path).ok_or_else(no_working_tree)?;
            Pair::new(old, disk(repository, path, None, true)?)
        }
        (Some(Named::Revision(old)), Some(Named::Revision(new))) => {
            let repository = found(repository)?;
            let (old, new) = (repository.revision(&old)?, repository.revision(&new)?);
            Pair::new(Wanted::same(old, repository, &here())?, Wanted::same(new, repository, &here())?)
        }
        (Some(Named::Revision(old)), Some(new)) => {
            let repository_ = found(repository)?;
            let new = alone(new, repository)?;
            Pair::new(Wanted::beside(repository_.revision(&old)?, repository_, &new)?, new)
        }
        (Some(old), Some(Named::Revision(new))) => {
            let repository_ = found(repository)?;
            let old = alone(old, repository)?;
            let new = Wanted::beside(repository_.revision(&new)?, repository_, &old)?;
            Pair::new(old, new)
        }
        (Some(old), Some(new)) => Pair::new(alone(old, repository)?, alone(new, repository)?),
    })
}

/// A side that says its own path.
fn alone<'r>(named: Named, repository: &'r Result<Repository, Trouble>) -> Result<Wanted<'r>, Trouble> {
    match named {
        Named::Path(path, version) => disk(repository, path, version, false),
        Named::InRevision { revision, path, version } => {
            let repository = found(repository)?;
            let revision = repository.revision(&revision)?;
            // As in git, such a path starts at the root, unless it says that it does not.
            let path = match path.starts_with("./") || path.starts_with("../") {
                true => repository.inside(Path::new(&path)).ok_or_else(|| outside(Path::new(&path)))?,
                false => Path::new(&path).components().collect(),
            };
            Ok(Wanted { files: Files::Revision(revision), path, version, follows: false })
        }
        Named::Revision(_) => unreachable!("a revision without a path has that of the other side"),
    }
}

/// The state that HEAD started from, at `path`.
fn base<'r>(
    args: &args::Sides,
    repository: &'r Result<Repository, Trouble>,
    path: PathBuf,
) -> Result<Wanted<'r>, Trouble> {
    let repository = found(repository)?;
    let config = match &args.config {
        Some(path) => Config::read(path)?,
        // The file that a schema of this folder would have.
        None => Config::find(lymph_config::FILE_NAME)?,
    };
    Wanted::same(repository.merge_base(config.diff.base.as_deref())?, repository, &path)
}

fn disk<'r>(
    repository: &Result<Repository, Trouble>,
    path: PathBuf,
    version: Option<Version>,
    follows: bool,
) -> Result<Wanted<'r>, Trouble> {
    if follows && repository.as_ref().is_ok_and(|repository| repository.root().is_none()) {
        return Err(no_working_tree());
    }
    Ok(Wanted { files: Files::Disk, path, version, follows })
}

fn found(repository: &Result<Repository, Trouble>) -> Result<&Repository, Trouble> {
    repository.as_ref().map_err(Trouble::clone)
}

fn no_working_tree() -> Trouble {
    Trouble::new("a bare repository has no working tree to compare")
        .help("name two revisions: `lymph-idl diff OLD NEW`")
}

fn outside(path: &Path) -> Trouble {
    Trouble::new(format!("`{}` is outside of the repository", path.display()))
}

impl<'r> Wanted<'r> {
    /// `revision` at a path of the disk.
    fn same(revision: Revision<'r>, repository: &Repository, path: &Path) -> Result<Self, Trouble> {
        let path = repository.inside(path).ok_or_else(|| outside(path))?;
        Ok(Self { files: Files::Revision(revision), path, version: None, follows: true })
    }

    /// `revision` at the path of another side.
    fn beside(revision: Revision<'r>, repository: &Repository, other: &Self) -> Result<Self, Trouble> {
        match other.files {
            Files::Disk => Self::same(revision, repository, &other.path),
            Files::Revision(_) => {
                let path = other.path.clone();
                Ok(Self { files: Files::Revision(revision), path, version: None, follows: true })
            }
        }
    }

    /// As people write it.
    fn shown(&self) -> String {
        self.files.shown(&self.path)
    }

    /// The schemas to read; none where there need not be any.
    fn paths(&self, repository: Option<&Repository>) -> Result<Vec<PathBuf>, Trouble> {
        let found = self.files.schemas(&self.path, repository)?;
        match found {
            Some(paths) if !paths.is_empty() || self.follows => Ok(paths),
            Some(_) => Err(Trouble::new(format!("no .lymph file in `{}`", self.shown()))),
            None if self.follows => Ok(Vec::new()),
            None => Err(self.files.missing(&self.path)),
        }
    }

    fn load(
        &self,
        paths: &[PathBuf],
        args: &args::Sides,
        repository: Option<&Repository>,
        is_new: bool,
    ) -> Result<Side, Undecided> {
        let config = match (&args.config, paths.first()) {
            (Some(path), _) => self.files.adapt(Config::read(path).map_err(Trouble::from)?, repository),
            (None, Some(first)) => self.files.config(first)?,
            (None, None) => Config::default(),
        };
        let include = args.include.iter().map(|folder| self.files.path_of(folder, repository));
        let options = include
            .chain(config.include.iter().cloned())
            .fold(lymph_idl::Options::new(), |options, folder| options.include_path(folder));
        let mistakes = |failure| {
            let failure = self.files.name_files(failure);
            Undecided::Mistakes { side: self.describe(), failure }
        };
        let mut schema = match paths {
            [model] if model.extension().is_some_and(|extension| extension == "json") => self.model(model)?,
            _ => lymph_idl::load_with(paths, &options, self.files.loader()).map_err(mistakes)?,
        };
        if let Some(version) = self.version {
            let roots: Vec<_> = schema.packages.iter().filter(|package| package.is_root).collect();
            let [package] = roots[..] else {
                let message =
                    format!("`{}` holds {} packages, and a version is of one", self.shown(), roots.len());
                return Err(Trouble::new(message)
                    .help("name the file, as in `schemas/geo.lymph@1.2`")
                    .into());
            };
            let sliced = schema.slice(package.id, version);
            schema = sliced.map_err(mistakes)?;
        }
        let policy = match paths.first() {
            // The old side cannot say what is tolerated of changes that came later.
            Some(first) if is_new => {
                let (lock, acceptances) = (self.files.lock(first)?, self.files.acceptances(first)?);
                tolerance::policy(&config, &lock, acceptances, &schema, &options)?
            }
            _ => Policy::default(),
        };
        Ok(Side::new(schema, &self.files, self.describe(), self.version, policy, repository))
    }

    /// A schema that `gen json` wrote.
    fn model(&self, path: &Path) -> Result<Schema, Trouble> {
        let failed = |why: &dyn std::fmt::Display| {
            Trouble::new(format!("cannot read `{}`: {why}", self.files.shown(path)))
        };
        let bytes = self.files.loader().read(path, MAX_MODEL_BYTES).map_err(|error| failed(&error))?;
        if bytes.len() > MAX_MODEL_BYTES {
            return Err(failed(&format_args!("it has more than {MAX_MODEL_BYTES} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| failed(&"it is not UTF-8"))?;
        model_json::read(&text).map_err(|error| failed(&error))
    }

    fn describe(&self) -> String {
        let files = match (&self.files, self.follows) {
            (Files::Disk, true) => "the working tree".to_owned(),
            (Files::Disk, false) => format!("`{}`", self.path.display()),
            (Files::Revision(revision), true) => revision.description.clone(),
            (Files::Revision(_), false) => format!("`{}`", self.shown()),
        };
        match self.version {
            Some(version) => format!("{files} at {version}"),
            None => files,
        }
    }
}
