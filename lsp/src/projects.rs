//! Which files are read together, and what was found out about them.
//!
//! Files that import each other, over however many others, are one project and analysed in one run, as
//! `lymph-idl check` does with a folder. Where two of them hold the same package, as copies in tests do,
//! nobody can tell which one an import means by its name: then each file is a project of its own.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lymph_config::{Config, ConfigError};
use lymph_idl::{Analysis, FileId, Limits, Options, analyze, analyze_again};
use lymph_lint::{Levels, Lint, lint};

use crate::files::{Files, MAX_FILES};
use crate::heads::Head;
use crate::text::Text;
use crate::uri::normal;

/// Errors of one project that are kept; past them a run stops, and names are no longer known.
const MAX_ERRORS: usize = 2_000;

/// Files read together.
#[derive(Debug)]
pub(crate) struct Project {
    /// Never empty; the first one names the project.
    pub(crate) roots: Vec<PathBuf>,
    /// `None` before the first run, and when that failed.
    pub(crate) analyzed: Option<Analyzed>,
    /// Whether something has changed since.
    pub(crate) dirty: bool,
    /// What was known before; freeing it can wait until nobody waits for us.
    retired: Option<Analyzed>,
}

/// What is known about the files of a project.
#[derive(Debug)]
pub(crate) struct Analyzed {
    pub(crate) analysis: Analysis,
    /// What is right but will trouble somebody; nothing while there are errors. `None` until it was looked for,
    /// which takes longer than all else and is done when nobody waits.
    pub(crate) lints: Option<Vec<Lint>>,
    levels: Levels,
    files: BTreeMap<FileId, (PathBuf, OnceCell<Text>)>,
    ids: BTreeMap<PathBuf, FileId>,
    /// Of the project's first file.
    pub(crate) config: Config,
}

impl Analyzed {
    pub(crate) fn path(&self, file: FileId) -> &Path {
        &self.files[&file].0
    }

    pub(crate) fn id(&self, path: &Path) -> Option<FileId> {
        self.ids.get(path).copied()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = (&Path, FileId)> {
        self.ids.iter().map(|(path, id)| (path.as_path(), *id))
    }

    /// The text of a file as it was analysed.
    pub(crate) fn text(&self, file: FileId) -> &Text {
        let text = || Text::new(self.analysis.schema.sources.file(file).text.clone());
        self.files[&file].1.get_or_init(text)
    }
}

impl Project {
    pub(crate) fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots, analyzed: None, dirty: true, retired: None }
    }

    /// Finds out everything but lints anew. Mistakes in `lymph.toml` are returned; what is wrong in it is taken as if it
    /// were not there.
    pub(crate) fn analyze(&mut self, files: &Files) -> Option<ConfigError> {
        self.dirty = false;
        let first = self.roots.first().filter(|first| first.is_absolute());
        let (config, levels, error) = match first.map(Config::find) {
            None => (Config::default(), Levels::default(), None),
            Some(Err(error)) => (Config::default(), Levels::default(), Some(error)),
            Some(Ok(config)) => match Levels::of_config(&config) {
                Ok(levels) => (config, levels, None),
                Err(error) => (config, Levels::default(), Some(error)),
            },
        };
        let options = options(&config);
        let mut before = self.analyzed.take();
        let analysis = match &mut before {
            Some(before) => analyze_again(&mut before.analysis, &self.roots, &options, files),
            None => analyze(&self.roots, &options, files),
        };
        let sources = analysis.schema.sources.files();
        let known = sources.map(|(id, file)| {
            let path = normal(&file.path);
            // An open text knows its lines already.
            let open = files.open.get(&path).map(|document| &document.text);
            let open = open.filter(|open| open.text == file.text).cloned();
            (id, (path, open.map_or_else(OnceCell::new, OnceCell::from)))
        });
        let known: BTreeMap<FileId, (PathBuf, OnceCell<Text>)> = known.collect();
        // Where there are errors, there are no lints.
        let lints = (!analysis.errors.is_empty()).then(Vec::new);
        self.retired = before;
        self.analyzed = Some(Analyzed {
            ids: known.iter().map(|(id, (path, _))| (path.clone(), *id)).collect(),
            files: known,
            lints,
            levels,
            analysis,
            config,
        });
        error
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.analyzed.as_ref().is_some_and(|analyzed| !analyzed.analysis.errors.is_empty())
    }

    /// Looks for lints.
    pub(crate) fn lint(&mut self) {
        let Some(analyzed) = &mut self.analyzed else { return };
        // If looking panics, that is not tried again.
        analyzed.lints = Some(Vec::new());
        analyzed.lints = Some(lint(&analyzed.analysis, &analyzed.levels));
    }

    /// Frees what nobody asks for any more.
    pub(crate) fn tidy(&mut self) {
        self.retired = None;
    }

    /// The `lymph.toml` that says how its files are read.
    pub(crate) fn config_path(&self) -> Option<PathBuf> {
        self.analyzed.as_ref()?.config.path().map(Path::to_owned)
    }

    /// Whether what is known depends on a file.
    pub(crate) fn reads(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| root == path)
            || self.analyzed.as_ref().is_none_or(|analyzed| analyzed.ids.contains_key(path))
    }
}

/// How the files of a project are read.
pub(crate) fn options(config: &Config) -> Options {
    let mut limits = Limits::default();
    limits.files = MAX_FILES;
    limits.errors = MAX_ERRORS;
    let options = Options::new().limits(limits);
    config.include.iter().fold(options, |options, folder| options.include_path(folder))
}

/// Sorts files into projects, by the names of the packages they hold and import.
pub(crate) fn group(heads: &BTreeMap<PathBuf, Head>) -> Vec<Vec<PathBuf>> {
    let files: Vec<(&PathBuf, &Head)> = heads.iter().collect();
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, (_, head)) in files.iter().enumerate() {
        if !head.package.is_empty() {
            holders.entry(&head.package).or_default().push(index);
        }
    }
    let mut groups = Groups { parents: (0..files.len()).collect() };
    for (index, (_, head)) in files.iter().enumerate() {
        for import in &head.imports {
            for holder in holders.get(import.as_str()).into_iter().flatten() {
                groups.join(index, *holder);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..files.len() {
        members.entry(groups.root(index)).or_default().push(index);
    }
    let mut projects = Vec::new();
    for members in members.into_values() {
        let mut packages = BTreeSet::new();
        let unique = members.iter().all(|&index| {
            let head = files[index].1;
            head.package.is_empty() || packages.insert((&head.package, head.major))
        });
        let paths = members.into_iter().map(|index| files[index].0.clone());
        if unique {
            projects.push(paths.collect());
        } else {
            projects.extend(paths.map(|path| vec![path]));
        }
    }
    projects
}

/// Sets that only ever grow together.
struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    fn root(&mut self, mut index: usize) -> usize {
        while self.parents[index] != index {
            self.parents[index] = self.parents[self.parents[index]];
            index = self.parents[index];
        }
        index
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.parents[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&[&str]]) {
        let heads = files.iter().map(|(path, text)| (PathBuf::from(path), Head::of(text))).collect();
        let groups = group(&heads);
        let groups: Vec<Vec<&str>> =
            groups.iter().map(|paths| paths.iter().map(|path| path.to_str().unwrap()).collect()).collect();
        assert_eq!(groups, expected);
    }

    #[test]
    fn files_that_import_each_other_are_together() {
        check(
            &[
                ("a", "package a @ 1.0.0; use b;"),
                ("b", "package b @ 1.0.0; use c.{X};"),
                ("c", "package c @ 1.0.0;"),
                ("d", "package d @ 1.0.0;"),
                ("e", "package d @ 2.0.0;"),
                ("f", "package f @ 1.0.0; use d@2;"),
            ],
            &[&["a", "b", "c"], &["d", "e", "f"]],
        );
    }

    #[test]
    fn copies_are_apart() {
        check(
            &[
                ("new", "package a @ 1.1.0; use b;"),
                ("old", "package a @ 1.0.0;"),
                ("x", "package b @ 1.0.0;"),
            ],
            &[&["new", "x"], &["old"]],
        );
        check(
            &[
                ("new", "package a @ 1.1.0; use b;"),
                ("old", "package a @ 1.0.0; use b;"),
                ("x", "package b @ 1.0.0;"),
            ],
            &[&["new"], &["old"], &["x"]],
        );
    }
}
