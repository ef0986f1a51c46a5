//! Which of the versions that are out there a change hurts.
//!
//! The source holds its own history, so each older version can be cut out of it and compared with the new side:
//! whoever runs it is hurt in the same way, in another one, or not at all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lymph_diff::{Finding, Older, Pair, Side};
use lymph_idl::Version;
use lymph_idl::model::Package;

use super::document::{Cell, Effect, Hurt, Versions, Way, matrix, who};
use super::side;

/// Versions of one package that are compared; a history is rarely a quarter as long.
const MAX_VERSIONS: usize = 100;

/// The versions of a package, oldest first; `None` for one that cannot be compared.
type History<'a> = Vec<(Version, Option<Cow<'a, Older>>)>;

/// The older versions of all packages, compared with the new side when somebody asks.
pub(super) struct Affected<'a> {
    sides: Pair<Side<'a>>,
    /// Those compared already, by package and version.
    known: BTreeMap<(&'a str, Version), &'a Older>,
    /// By package.
    histories: BTreeMap<String, History<'a>>,
}

impl<'a> Affected<'a> {
    /// With the older versions that were compared already.
    pub(super) fn new(sides: &'a Pair<side::Side>, known: &'a [Older]) -> Self {
        let sides = sides.as_ref().map(|side| Side::new(&side.schema));
        let known = known.iter().map(|older| ((&*older.package, older.version), older)).collect();
        Self { sides, known, histories: BTreeMap::new() }
    }

    /// Whom a finding hurts or misleads, the worst first.
    pub(super) fn by(&mut self, finding: &Finding, matrix: &BTreeMap<Way, Cell>) -> Vec<Hurt> {
        let mut cells: Vec<(Way, Cell)> = matrix
            .iter()
            .map(|(way, cell)| (*way, *cell))
            .filter(|(_, cell)| cell.effect > Effect::Fine)
            .collect();
        cells.sort_by_key(|(_, cell)| std::cmp::Reverse(cell.effect));
        let mut because = finding.because.clone();
        let hurt = |(way, cell): (Way, Cell)| {
            let versions = self.versions(finding, way, cell.effect);
            // The reason is the one of the worst.
            Hurt { way, cell, who: who(way, &versions), versions, because: std::mem::take(&mut because) }
        };
        cells.into_iter().map(hurt).collect()
    }

    /// The old versions that are hurt as much; none when that cannot be told.
    fn versions(&mut self, finding: &Finding, way: Way, effect: Effect) -> Vec<Versions> {
        let mut users = finding.uses.iter().flat_map(|it| &it.packages).collect::<Vec<_>>();
        users.sort_unstable();
        users.dedup();
        let package = match users[..] {
            [] => finding.package.clone(),
            [only] => only.clone(),
            // Several version lines, which one number cannot tell.
            _ => return Vec::new(),
        };
        let history =
            self.histories.entry(package).or_insert_with_key(|name| history(&self.sides, &self.known, name));
        let mut ranges: Vec<Versions> = Vec::new();
        let mut goes_on = false;
        for (version, older) in history.iter() {
            let is_hurt = older.as_ref().is_none_or(|older| hurts(older, finding, way, effect));
            if is_hurt {
                let version = version.to_string();
                match ranges.last_mut() {
                    Some(range) if goes_on => range.last = version,
                    _ => ranges.push(Versions { first: version.clone(), last: version }),
                }
            }
            goes_on = is_hurt;
        }
        ranges
    }
}

/// Whether an older version is hurt at the same place, if by another rule.
fn hurts(older: &Older, finding: &Finding, way: Way, effect: Effect) -> bool {
    let matrix = older.at(finding).map(matrix).unwrap_or_default();
    matrix.get(&way).is_some_and(|it| it.effect >= effect)
}

/// The name of a version line and its major, which is told only where there are several of that name.
fn line(package: &str) -> (&str, Option<&str>) {
    package.split_once('@').map_or((package, None), |(name, major)| (name, Some(major)))
}

fn history<'a>(
    sides: &Pair<Side<'a>>,
    known: &BTreeMap<(&'a str, Version), &'a Older>,
    package_name: &str,
) -> History<'a> {
    let Pair { old, new } = sides.as_ref();
    let (name, major) = line(package_name);
    let is_it = |package: &&&Package| {
        let is_major = major.is_none_or(|major| major == package.version.value.major.to_string());
        package.is_root && is_major
    };
    let Some(package) = old.packages(name).iter().find(is_it) else { return Vec::new() };
    let current = package.version.value;
    let mut versions = old.schema().versions(package.id);
    versions.retain(|version| *version < current);
    versions.truncate(MAX_VERSIONS);
    let compare = |version: Version| {
        if let Some(older) = known.get(&(package_name, version)) {
            return Some(Cow::Borrowed(*older));
        }
        let slice = old.schema().slice(package.id, version).ok()?;
        Some(Cow::Owned(Older::new(&slice, new, package_name.to_owned(), version)))
    };
    let mut history: Vec<_> = versions.into_iter().map(|version| (version, compare(version))).collect();
    // The newest is the one whose finding is asked about.
    history.push((current, None));
    history
}
