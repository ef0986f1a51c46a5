//! Which of the versions that are out there a change hurts.
//!
//! The source holds its own history, so each older version can be cut out of it and compared with the new side:
//! whoever runs it is hurt in the same way, in another one, or not at all.

use std::collections::BTreeMap;

use lymph_diff::{EventPolicy, Finding, Pair, Policy, Report, diff};
use lymph_idl::Version;
use lymph_idl::model::Package;

use super::document::{Cell, Effect, Hurt, Versions, Way, matrix, who};
use super::side::Side;

/// Versions of one package that are compared; a history is rarely a quarter as long.
const MAX_VERSIONS: usize = 100;

/// The older versions of all packages, compared with the new side when somebody asks.
pub(super) struct Affected<'a> {
    sides: &'a Pair<Side>,
    /// For each package its versions, oldest first; `None` for one that cannot be compared.
    histories: BTreeMap<String, Vec<(Version, Option<Report>)>>,
}

impl<'a> Affected<'a> {
    pub(super) fn new(sides: &'a Pair<Side>) -> Self {
        Self { sides, histories: BTreeMap::new() }
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
        let history = self.histories.entry(package).or_insert_with_key(|name| history(self.sides, name));
        let mut ranges: Vec<Versions> = Vec::new();
        let mut goes_on = false;
        for (version, report) in history.iter() {
            let is_hurt = report.as_ref().is_none_or(|report| hurts(report, finding, way, effect));
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
fn hurts(report: &Report, finding: &Finding, way: Way, effect: Effect) -> bool {
    // A version line is told with its major only where there are several of its name.
    let same = |it: &&Finding| line(&it.package).0 == line(&finding.package).0 && it.path == finding.path;
    report
        .findings
        .iter()
        .filter(same)
        .any(|it| matrix(&it.matrix).get(&way).is_some_and(|it| it.effect >= effect))
}

/// The name of a version line and its major, which is told only where there are several of that name.
fn line(package: &str) -> (&str, Option<&str>) {
    package.split_once('@').map_or((package, None), |(name, major)| (name, Some(major)))
}

fn history(sides: &Pair<Side>, name: &str) -> Vec<(Version, Option<Report>)> {
    let old = &sides.old.schema;
    let (name, major) = line(name);
    let is_it = |package: &&Package| {
        let is_major = major.is_none_or(|major| major == package.version.value.major.to_string());
        package.is_root && package.name.value == name && is_major
    };
    let Some(package) = old.packages.iter().find(is_it) else { return Vec::new() };
    let current = package.version.value;
    let mut versions = old.versions(package.id);
    versions.retain(|version| *version < current);
    versions.truncate(MAX_VERSIONS);
    let compare = |version: Version| {
        let slice = old.slice(package.id, version).ok()?;
        // Each version is compared by itself; what the others make of it is no question here.
        let events = EventPolicy { transitive: false, ..EventPolicy::default() };
        Some(diff(&slice, &sides.new.schema, &Policy { events, ..Policy::default() }))
    };
    let mut history: Vec<_> = versions.into_iter().map(|version| (version, compare(version))).collect();
    // The newest is the one whose finding is asked about.
    history.push((current, None));
    history
}
