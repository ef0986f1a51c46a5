//! From the arguments to the two schemas that are compared.

mod files;
mod moved;

use std::path::{Path, PathBuf};

use lymph_config::{Config, Lock, Placed, Release};
use lymph_diff::{Pair, Policy};
use lymph_idl::{Failure, Schema, Version};

use super::named::Named;
use super::repository::{Repository, Revision};
use super::side::Side;
use crate::idl::declared::{folder_of, packages};
use crate::idl::files::here;
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
    /// As people see them; from the root of the repository in revisions.
    paths: Vec<PathBuf>,
    version: Option<Version>,
    /// Whether the paths are the other side's or those of settings, so that they need not be there.
    follows: bool,
    /// The `lymph.toml` that says the paths, where nobody else does.
    settings: Option<PathBuf>,
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
        return Err(wanted.new.nothing().into());
    }
    if let Some(repository) = repository {
        let gone = wanted.old.gone(&wanted.new, repository)?;
        paths.old.extend(gone);
    }
    moved::follow(wanted.as_ref(), &mut paths, repository);
    let old = wanted.old.load(&paths.old, args, repository, None)?;
    let new = wanted.new.load(&paths.new, args, repository, Some(&old.schema))?;
    refuse_forgotten(wanted.as_ref(), paths.as_ref(), &new.schema)?;
    Ok(Pair::new(old, new))
}

/// Refuses a new side that lacks releases which the old side knows: what they promise would not be looked at.
fn refuse_forgotten(
    wanted: Pair<&Wanted<'_>>,
    paths: Pair<&Vec<PathBuf>>,
    new: &Schema,
) -> Result<(), Trouble> {
    let Pair { old: Some(old), new: Some(first) } = paths.map(|paths| paths.first()) else { return Ok(()) };
    // A lock that is broken on the old side is mended on the new one.
    let known = wanted.old.files.lock(old).unwrap_or_default();
    let held = wanted.new.files.lock(first)?;
    let is_due = |release: &Release| {
        new.packages.iter().filter(|package| package.is_root && package.name.value == release.package).any(
            |package| {
                let version = package.version.value;
                version.major == release.version.major && version >= release.version
            },
        )
    };
    for release in known.releases.iter().filter(|release| is_due(release)) {
        let Release { package, version, fingerprint, .. } = release;
        if held.release(package, *version).is_none_or(|held| held.fingerprint != *fingerprint) {
            let side = wanted.new.describe();
            return Err(Trouble::new(format!(
                "{package} {version} is out, and the `{}` of {side} does not hold it as it was",
                Lock::FILE_NAME
            ))
            .help("restore the file from version control; only `lymph-idl release` writes it"));
        }
    }
    Ok(())
}

fn wanted<'r>(
    args: &args::Sides,
    repository: &'r Result<Repository, Trouble>,
) -> Result<Pair<Wanted<'r>>, Trouble> {
    let read = |text: &Option<String>| text.as_deref().map(|text| Named::read(text, Path::exists));
    let named = (read(&args.old), read(&args.new));
    for named in [&named.0, &named.1].into_iter().flatten() {
        // Where nothing can be a revision, a path was meant.
        if let (Named::Revision(text), Err(_)) = (named, repository) {
            return Err(Files::Disk.missing(Path::new(text)));
        }
    }
    let toml = args.config.as_deref();
    Ok(match named {
        (None, _) => {
            let new = Wanted::here(Files::Disk, toml, repository)?;
            Pair::new(base(toml, repository, &new)?, new)
        }
        (Some(Named::Path(path, None)), None) => {
            let new = disk(path, None);
            Pair::new(base(toml, repository, &new)?, new)
        }
        (Some(Named::Path(path, version)), None) => Pair::new(disk(path.clone(), version), disk(path, None)),
        (Some(Named::Revision(name)), None) => {
            let new = Wanted::here(Files::Disk, toml, repository)?;
            let repository = found(repository)?;
            Pair::new(Wanted::beside(repository.revision(&name)?, repository, &new)?, new)
        }
        (Some(old @ Named::InRevision { .. }), None) => {
            let old = alone(old, repository)?;
            let repository = found(repository)?;
            let path = repository.outside(&old.paths[0]).ok_or_else(no_working_tree)?;
            Pair::new(old, Wanted { follows: true, ..disk(path, None) })
        }
        (Some(Named::Revision(old)), Some(Named::Revision(new))) => {
            let new = Files::Revision(found(repository)?.revision(&new)?);
            let new = Wanted::here(new, toml, repository)?;
            let repository = found(repository)?;
            Pair::new(Wanted::beside(repository.revision(&old)?, repository, &new)?, new)
        }
        (Some(Named::Revision(old)), Some(new)) => {
            let new = alone(new, repository)?;
            let repository = found(repository)?;
            Pair::new(Wanted::beside(repository.revision(&old)?, repository, &new)?, new)
        }
        (Some(old), Some(Named::Revision(new))) => {
            let old = alone(old, repository)?;
            let repository = found(repository)?;
            let new = Wanted::beside(repository.revision(&new)?, repository, &old)?;
            Pair::new(old, new)
        }
        (Some(old), Some(new)) => Pair::new(alone(old, repository)?, alone(new, repository)?),
    })
}

/// A side that says its own path.
fn alone<'r>(named: Named, repository: &'r Result<Repository, Trouble>) -> Result<Wanted<'r>, Trouble> {
    match named {
        Named::Path(path, version) => Ok(disk(path, version)),
        Named::InRevision { revision, path, version } => {
            let repository = found(repository)?;
            let revision = repository.revision(&revision)?;
            // As in git, such a path starts at the root, unless it says that it does not.
            let path = match path.starts_with("./") || path.starts_with("../") {
                true => repository.inside(Path::new(&path)).ok_or_else(|| outside(Path::new(&path)))?,
                false => Path::new(&path).components().collect(),
            };
            let files = Files::Revision(revision);
            Ok(Wanted { files, paths: vec![path], version, follows: false, settings: None })
        }
        Named::Revision(_) => unreachable!("a revision without a path has that of the other side"),
    }
}

/// The state that HEAD started from, at the paths of the other side.
fn base<'r>(
    toml: Option<&Path>,
    repository: &'r Result<Repository, Trouble>,
    new: &Wanted<'_>,
) -> Result<Wanted<'r>, Trouble> {
    let repository = found(repository)?;
    let config = here(toml)?;
    Wanted::beside(repository.merge_base(config.diff.base.as_deref())?, repository, new)
}

/// What stands at a path of the disk.
fn disk<'r>(path: PathBuf, version: Option<Version>) -> Wanted<'r> {
    Wanted { files: Files::Disk, paths: vec![path], version, follows: false, settings: None }
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
    /// The schemas that are meant where none are named: those of `lymph.toml`, else all below the current folder.
    fn here(
        files: Files<'r>,
        toml: Option<&Path>,
        repository: &Result<Repository, Trouble>,
    ) -> Result<Self, Trouble> {
        if matches!(files, Files::Disk) && repository.as_ref().is_ok_and(|it| it.root().is_none()) {
            return Err(no_working_tree());
        }
        let below = Path::new("");
        // What is of the disk as a revision sees it.
        let inside = |path: &Path| match (&files, repository) {
            (Files::Revision(_), Ok(repository)) => repository.inside(path).ok_or_else(|| outside(path)),
            (Files::Revision(_) | Files::Disk, _) => Ok(path.to_owned()),
        };
        let folder = inside(below)?;
        let (config, is_inside) = match (&files, toml) {
            (Files::Revision(_), None) => (files.config(&folder.join(lymph_config::FILE_NAME))?, true),
            (Files::Revision(_) | Files::Disk, _) => (here(toml)?, false),
        };
        let inside = |path: &Path| if is_inside { Ok(path.to_owned()) } else { inside(path) };
        let path = |path: &Placed<PathBuf>| match repository {
            Ok(repository) if !is_inside && repository.inside(&path.value).is_none() => {
                let message = format!("`{}` is outside of the repository", path.value.display());
                Err(Trouble::from(config.error(&path.place, message)))
            }
            _ => inside(&path.value),
        };
        let paths = config.schemas.iter().map(path).collect::<Result<Vec<_>, _>>()?;
        if paths.is_empty() {
            return Ok(Self { files, paths: vec![folder], version: None, follows: true, settings: None });
        }
        let settings = config.path().map(inside).transpose()?;
        Ok(Self { files, paths, version: None, follows: true, settings })
    }

    /// `revision` at the paths of another side.
    fn beside(revision: Revision<'r>, repository: &Repository, other: &Wanted<'_>) -> Result<Self, Trouble> {
        let inside = |path: &PathBuf| match other.files {
            Files::Disk => repository.inside(path).ok_or_else(|| outside(path)),
            Files::Revision(_) => Ok(path.clone()),
        };
        let paths = other.paths.iter().map(inside).collect::<Result<Vec<_>, _>>()?;
        let settings = other.settings.as_ref().map(inside).transpose()?;
        Ok(Self { files: Files::Revision(revision), paths, version: None, follows: true, settings })
    }

    /// As people write it.
    fn shown(&self) -> String {
        self.paths.iter().map(|path| self.files.shown(path)).collect::<Vec<_>>().join("`, `")
    }

    /// The schemas to read; none where there need not be any.
    fn paths(&self, repository: Option<&Repository>) -> Result<Vec<PathBuf>, Trouble> {
        let mut paths = Vec::new();
        for path in &self.paths {
            let found = match self.files.schemas(path, repository)? {
                Some(found) => found,
                None if self.follows => Vec::new(),
                None => return Err(self.files.missing(path)),
            };
            paths.extend(found.into_iter().filter(|path| !paths.contains(path)).collect::<Vec<_>>());
        }
        match paths.is_empty() && !self.follows {
            true => Err(self.nothing()),
            false => Ok(paths),
        }
    }

    /// Says that there is no schema at the paths, or none that counts.
    fn nothing(&self) -> Trouble {
        let is_there = |path: &PathBuf| {
            self.files.schemas(path, None).is_ok_and(|found| found.is_some_and(|it| !it.is_empty()))
        };
        match self.paths.iter().any(is_there) {
            true => Trouble::new(format!("git ignores every .lymph file in `{}`", self.shown()))
                .help("name the files themselves, or take them out of `.gitignore`"),
            false => Trouble::new(format!("no .lymph file in `{}`", self.shown())),
        }
    }

    /// The schemas that this side's own `lymph.toml` names and `new` no longer has: whoever takes a folder away
    /// takes it out of the settings too.
    fn gone(&self, new: &Wanted<'_>, repository: &Repository) -> Result<Vec<PathBuf>, Trouble> {
        let Some(settings) = &self.settings else { return Ok(Vec::new()) };
        let mut gone = Vec::new();
        for path in self.files.config_in(settings)?.schemas {
            gone.extend(self.files.schemas(&path.value, Some(repository))?.into_iter().flatten());
        }
        let mut known = self.paths(Some(repository))?;
        gone.retain(|path| {
            let is_new = !known.contains(path) && !moved::has(new, self, path, repository);
            known.extend(is_new.then(|| path.clone()));
            is_new
        });
        Ok(gone)
    }

    fn load(
        &self,
        paths: &[PathBuf],
        args: &args::Sides,
        repository: Option<&Repository>,
        older: Option<&Schema>,
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
        let policy = match (paths.first(), older) {
            (Some(first), Some(older)) => {
                let (lock, acceptances) = (self.files.lock(first)?, self.files.acceptances(first)?);
                let beside = |file: &Path| {
                    let found = self.files.schemas(folder_of(file), repository)?;
                    Ok(packages(self.files.loader(), &found.unwrap_or_default()))
                };
                tolerance::policy(&config, &lock, &acceptances, &schema, &options, Some(older), beside)?
            }
            // The old side cannot say what is tolerated of changes that came later.
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
            (Files::Disk, false) => format!("`{}`", self.shown()),
            (Files::Revision(revision), true) => revision.description.clone(),
            (Files::Revision(_), false) => format!("`{}`", self.shown()),
        };
        match self.version {
            Some(version) => format!("{files} at {version}"),
            None => files,
        }
    }
}
