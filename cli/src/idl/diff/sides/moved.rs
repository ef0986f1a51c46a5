//! Packages that moved to where nobody looks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lymph_diff::Pair;

use super::Wanted;
use super::files::Files;
use crate::idl::declared::{package, packages};
use crate::idl::diff::repository::Repository;

/// Adds to the paths of a side that follows the other one the files of packages that are only on the other
/// one, wherever in the repository they are: a package that moved did not come to be.
pub(super) fn follow(
    wanted: Pair<&Wanted<'_>>,
    paths: &mut Pair<Vec<PathBuf>>,
    repository: Option<&Repository>,
) {
    let Some(repository) = repository else { return };
    let names = wanted.zip(paths.as_ref()).map(|(wanted, paths)| packages(wanted.files.loader(), paths));
    let more = |side: &Wanted<'_>, other: &Wanted<'_>, missing: BTreeSet<&String>, known: &[PathBuf]| {
        if !side.follows || missing.is_empty() {
            return Vec::new();
        }
        let mut moved = everywhere(&side.files, repository);
        moved.retain(|path| {
            let unknown = !known.contains(path) && !has(other, side, path, repository);
            unknown && package(side.files.loader(), path).is_some_and(|name| missing.contains(&name))
        });
        moved
    };
    let Pair { old, new } = wanted;
    let in_old = more(old, new, names.new.difference(&names.old).collect(), &paths.old);
    let in_new = more(new, old, names.old.difference(&names.new).collect(), &paths.new);
    paths.old.extend(in_old);
    paths.new.extend(in_new);
}

/// Every schema of the repository.
fn everywhere(files: &Files<'_>, repository: &Repository) -> Vec<PathBuf> {
    let root = match files {
        Files::Disk => repository.outside(Path::new("")),
        Files::Revision(_) => Some(PathBuf::new()),
    };
    let found = root.and_then(|root| files.schemas(&root, Some(repository)).ok().flatten());
    found.unwrap_or_default()
}

/// Whether `other` has a file where `side` has `path`: then that one did not move.
pub(super) fn has(other: &Wanted<'_>, side: &Wanted<'_>, path: &Path, repository: &Repository) -> bool {
    let inside = match side.files {
        Files::Disk => repository.inside(path),
        Files::Revision(_) => Some(path.to_owned()),
    };
    let there = inside.and_then(|path| match other.files {
        Files::Disk => repository.outside(&path),
        Files::Revision(_) => Some(path),
    });
    there.is_some_and(|path| other.files.loader().is_file(&path))
}
