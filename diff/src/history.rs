//! What the version before does not show: older versions that are still out there, and releases that were
//! promised not to change.

use std::collections::{BTreeMap, HashMap, HashSet};

use lymph_idl::model::Package;
use lymph_idl::{Schema, Version};

use crate::effect::Bump;
use crate::finding::Finding;
use crate::line;
use crate::pair::Pair;
use crate::policy::{EventPolicy, Policy};
use crate::position::Matrix;
use crate::report::{diff_old_side, relation};
use crate::side::Side;

/// A break that only an older version makes visible.
#[derive(Debug, Clone)]
pub struct OldBreak {
    /// How it came to light.
    pub seen: Seen,
    /// The older version.
    pub version: Version,
    /// What broke, its spans those of the older version's schema.
    pub finding: Finding,
}

/// How a break came to light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The new schema was compared with a version before the old one.
    Older,
    /// A release that is out was compared with the new schema's slice of its version.
    Release,
}

/// What only older slices and released versions show; `told` was found against the version before. Adds to
/// `compared` what it finds out about older versions.
pub(crate) fn breaks(
    sides: Pair<&Side<'_>>,
    packages: Pair<&Package>,
    told: &[&Finding],
    policy: &Policy,
    releases: &Releases<'_>,
    compared: &mut Vec<Older>,
) -> Vec<OldBreak> {
    let has_shapes = told.iter().any(|finding| !finding.uses.is_empty());
    let told = Told::of(told.iter().copied());
    let mut found = released(sides.new.schema, packages.new, policy, releases);
    found.retain(|it| !told.has(&it.finding));
    // What breaks no value now cannot break one of a version that it was compatible with.
    if policy.events.transitive && has_shapes {
        let older = older(sides, packages, told, releases, compared);
        let paths: HashSet<&str> = older.iter().map(|older| &*older.finding.path).collect();
        found.retain(|it| !paths.contains(&*it.finding.path));
        found.extend(older);
    }
    found
}

fn older(
    sides: Pair<&Side<'_>>,
    packages: Pair<&Package>,
    mut told: Told,
    releases: &Releases<'_>,
    compared: &mut Vec<Older>,
) -> Vec<OldBreak> {
    let mut found: Vec<OldBreak> = Vec::new();
    for (version, release) in older_versions(sides.old.schema, packages.old, releases) {
        let slice;
        let older = match release {
            Some(release) => release,
            // A slice that does not stand on its own is reported where the schema is checked.
            None => match sides.old.schema.slice(packages.old.id, version) {
                Ok(sliced) => {
                    slice = sliced;
                    &slice
                }
                Err(_) => continue,
            },
        };
        let older = Side::new(older);
        let name = line::name(Pair::new(&older, sides.new), packages.new);
        let mut breaks = relation(Pair::new(&older, sides.new));
        compared.push(Older::of(&breaks, line::name(sides, packages.new), version));
        breaks.retain(|finding| {
            let is_break = finding.bump() >= Some(Bump::Major) && finding.package == name;
            is_break && !told.covers(finding)
        });
        if breaks.is_empty() {
            continue;
        }
        let known = Told::of(&relation(Pair::new(&older, sides.old)));
        for finding in breaks {
            if !known.covers(&finding) && !told.covers(&finding) {
                told.add(&finding);
                found.push(OldBreak { seen: Seen::Older, version, finding });
            }
        }
    }
    found
}

/// What the new schema does to those who use a version before the old one.
#[derive(Debug, Clone)]
pub struct Older {
    /// The package, as findings name it.
    pub package: String,
    /// Its version.
    pub version: Version,
    /// The worst at each path, by the name of the package.
    worst: HashMap<String, HashMap<String, Matrix>>,
}

impl Older {
    /// Compares `new` with a schema that is an older version of `package` and of no other.
    #[must_use]
    pub fn new(older: &Schema, new: &Side<'_>, package: String, version: Version) -> Self {
        Self::of(&relation(Pair::new(&Side::new(older), new)), package, version)
    }

    fn of(findings: &[Finding], package: String, version: Version) -> Self {
        let mut worst: HashMap<String, HashMap<String, Matrix>> = HashMap::new();
        for finding in findings {
            let package = worst.entry(line::base(&finding.package).to_owned()).or_default();
            let matrix = package.entry(finding.path.clone()).or_default();
            *matrix = matrix.worst(finding.matrix);
        }
        Self { package, version, worst }
    }

    /// What happens at the place of a finding, if by another rule; `None` when nothing differs there.
    #[must_use]
    pub fn at(&self, finding: &Finding) -> Option<&Matrix> {
        // A version line is told with its major only where there are several of its name.
        self.worst.get(line::base(&finding.package))?.get(&finding.path)
    }
}

/// What was told, by path.
#[derive(Default)]
struct Told(HashMap<String, Vec<(&'static str, Option<Bump>)>>);

impl Told {
    fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut told = Self::default();
        findings.into_iter().for_each(|finding| told.add(finding));
        told
    }

    fn add(&mut self, finding: &Finding) {
        self.0.entry(finding.path.clone()).or_default().push((finding.rule.id, finding.bump()));
    }

    /// Whether the same was told.
    fn has(&self, finding: &Finding) -> bool {
        self.at(finding).iter().any(|(rule, _)| *rule == finding.rule.id)
    }

    /// Whether the same was told, or something as bad of the same place.
    fn covers(&self, finding: &Finding) -> bool {
        self.at(finding).iter().any(|(rule, bump)| *rule == finding.rule.id || *bump >= finding.bump())
    }

    fn at(&self, finding: &Finding) -> &[(&'static str, Option<Bump>)] {
        self.0.get(&finding.path).map_or(&[], Vec::as_slice)
    }
}

/// Versions of a package before its present one: with the schema that was released, if one was, as slices are
/// only what the present source says of them.
fn older_versions<'r>(
    schema: &Schema,
    package: &Package,
    releases: &Releases<'r>,
) -> BTreeMap<Version, Option<&'r Schema>> {
    let mut versions: BTreeMap<_, _> =
        schema.versions(package.id).into_iter().map(|version| (version, None)).collect();
    for (release, was) in releases.of(package) {
        versions.insert(was.version.value, Some(release));
    }
    versions.retain(|version, _| *version < package.version.value);
    versions
}

/// The releases that are out, by the packages that were released.
#[derive(Debug)]
pub(crate) struct Releases<'r>(HashMap<&'r str, Vec<(&'r Schema, &'r Package)>>);

impl<'r> Releases<'r> {
    pub(crate) fn new(policy: &'r Policy) -> Self {
        let mut releases: HashMap<&str, Vec<_>> = HashMap::new();
        for release in &policy.released {
            for package in release.packages.iter().filter(|package| package.is_root) {
                releases.entry(&package.name.value).or_default().push((release, package));
            }
        }
        Self(releases)
    }

    /// Those that are an earlier version of `package`, or the present one.
    fn of(&self, package: &Package) -> impl Iterator<Item = (&'r Schema, &'r Package)> {
        let version = package.version.value;
        let releases = self.0.get(&*package.name.value).into_iter().flatten().copied();
        releases
            .filter(move |(_, was)| was.version.value.major == version.major && was.version.value <= version)
    }

    /// The newest one of a package's line of those whose version is wanted.
    fn newest(&self, package: &Package, is_wanted: impl Fn(Version) -> bool) -> Option<&'r Schema> {
        let wanted = self.of(package).filter(|(_, was)| is_wanted(was.version.value));
        wanted.max_by_key(|(_, was)| was.version.value).map(|(release, _)| release)
    }
}

/// What changed in releases that are out, whatever the present version is. What the policy accepts is not told.
#[must_use]
pub fn frozen(schema: &Schema, policy: &Policy) -> Vec<OldBreak> {
    let releases = Releases::new(policy);
    let roots = schema.packages.iter().filter(|package| package.is_root);
    roots.flat_map(|package| released(schema, package, policy, &releases)).collect()
}

/// What changed in each package asked for since its newest release; nothing of those that have none.
#[must_use]
pub fn unreleased(schema: &Schema, policy: &Policy) -> Vec<Finding> {
    let (releases, new) = (Releases::new(policy), Side::new(schema));
    let roots = schema.packages.iter().filter(|package| package.is_root);
    let newest = roots.filter_map(|package| releases.newest(package, |_| true));
    newest
        .flat_map(|release| diff_old_side(Pair::new(&Side::new(release), &new), &plain()).findings)
        .collect()
}

/// Where a package is other than in its release of a version, by more than a patch tells; `None` when that is
/// not out.
pub(crate) fn since_version(
    new: &Side<'_>,
    package: &Package,
    version: Version,
    releases: &Releases<'_>,
) -> Option<HashSet<String>> {
    let release = Side::new(releases.newest(package, |released| released == version)?);
    let mut findings = relation(Pair::new(&release, new));
    findings.retain(|finding| finding.bump() >= Some(Bump::Minor));
    Some(findings.into_iter().map(|finding| finding.path).collect())
}

/// The step that a package needed since the release before its present version; `None` without one.
pub(crate) fn needed_since_release(
    new: &Side<'_>,
    package: &Package,
    releases: &Releases<'_>,
) -> Option<Bump> {
    let before = Side::new(releases.newest(package, |version| version < package.version.value)?);
    let sides = Pair::new(&before, new);
    let name = line::name(sides, package);
    let findings = relation(sides);
    let ours = findings.iter().filter(|finding| finding.packages().any(|package| package == name));
    ours.filter_map(Finding::bump).max()
}

fn released(schema: &Schema, package: &Package, policy: &Policy, releases: &Releases<'_>) -> Vec<OldBreak> {
    let releases: Vec<(&Schema, &Package)> = releases.of(package).collect();
    let newest = releases.iter().max_by_key(|(_, was)| was.version.value).copied();
    let mut found = Vec::new();
    for &(release, was) in &releases {
        let version = was.version.value;
        // What the newest release does differently was accepted when it went out.
        let known = newest.map_or_else(Vec::new, |(newest, it)| unlike(release, newest, it, version));
        let known = Told::of(&known);
        for finding in unlike(release, schema, package, version) {
            let is_accepted = policy.accepted.contains_key(&finding.fingerprint);
            if !is_accepted && !known.has(&finding) {
                found.push(OldBreak { seen: Seen::Release, version, finding });
            }
        }
    }
    found
}

/// What a release promised that the slice of a later schema does not keep.
fn unlike(release: &Schema, later: &Schema, package: &Package, version: Version) -> Vec<Finding> {
    let Ok(slice) = later.slice(package.id, version) else { return Vec::new() };
    let (old, new) = (Side::new(release), Side::new(&slice));
    let sides = Pair::new(&old, &new);
    let name = line::name(sides, package);
    let mut findings = diff_old_side(sides, &plain()).findings;
    findings.retain(|finding| {
        // What is compatible may be refined; what comes or goes was otherwise in the release.
        let is_membership = matches!(finding.rule.id, "since-missing" | "since-changed");
        let is_break = finding.bump() >= Some(Bump::Major);
        (is_break || is_membership) && finding.package == name
    });
    findings
}

/// Only the relation itself: what it means for versions is judged once, in the end.
pub(crate) fn plain() -> Policy {
    Policy { events: EventPolicy { transitive: false, ..EventPolicy::default() }, ..Policy::default() }
}
