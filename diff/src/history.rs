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
use crate::report::{diff, relation};

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
    schemas: Pair<&Schema>,
    packages: Pair<&Package>,
    told: &[&Finding],
    policy: &Policy,
    compared: &mut Vec<Older>,
) -> Vec<OldBreak> {
    let has_shapes = told.iter().any(|finding| !finding.uses.is_empty());
    let told = Told::of(told.iter().copied());
    let mut found = released(schemas.new, packages.new, policy);
    found.retain(|it| !told.has(&it.finding));
    // What breaks no value now cannot break one of a version that it was compatible with.
    if policy.events.transitive && has_shapes {
        let older = older(schemas, packages, told, &policy.released, compared);
        let paths: HashSet<&str> = older.iter().map(|older| &*older.finding.path).collect();
        found.retain(|it| !paths.contains(&*it.finding.path));
        found.extend(older);
    }
    found
}

fn older(
    schemas: Pair<&Schema>,
    packages: Pair<&Package>,
    mut told: Told,
    released: &[Schema],
    compared: &mut Vec<Older>,
) -> Vec<OldBreak> {
    let mut found: Vec<OldBreak> = Vec::new();
    for (version, release) in older_versions(schemas.old, packages.old, released) {
        let slice;
        let older = match release {
            Some(release) => release,
            // A slice that does not stand on its own is reported where the schema is checked.
            None => match schemas.old.slice(packages.old.id, version) {
                Ok(sliced) => {
                    slice = sliced;
                    &slice
                }
                Err(_) => continue,
            },
        };
        let name = line::name(Pair::new(older, schemas.new), packages.new);
        let mut breaks = relation(older, schemas.new);
        compared.push(Older::of(&breaks, line::name(schemas, packages.new), version));
        breaks.retain(|finding| {
            let is_break = finding.bump() >= Some(Bump::Major) && finding.package == name;
            is_break && !told.covers(finding)
        });
        if breaks.is_empty() {
            continue;
        }
        let known = Told::of(&relation(older, schemas.old));
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
    /// Compares `new` with an older version of `package`.
    #[must_use]
    pub fn new(older: &Schema, new: &Schema, package: String, version: Version) -> Self {
        Self::of(&relation(older, new), package, version)
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
    released: &'r [Schema],
) -> BTreeMap<Version, Option<&'r Schema>> {
    let mut versions: BTreeMap<_, _> =
        schema.versions(package.id).into_iter().map(|version| (version, None)).collect();
    for release in released {
        if let Some(was) = same_line(release, package) {
            versions.insert(was.version.value, Some(release));
        }
    }
    versions.retain(|version, _| *version < package.version.value);
    versions
}

/// The package of a release that is an earlier version of `package`.
fn same_line<'r>(release: &'r Schema, package: &Package) -> Option<&'r Package> {
    release.packages.iter().find(|it| {
        it.is_root
            && it.name.value == package.name.value
            && it.version.value.major == package.version.value.major
            && it.version.value <= package.version.value
    })
}

/// What changed in releases that are out, whatever the present version is. What the policy accepts is not told.
#[must_use]
pub fn frozen(schema: &Schema, policy: &Policy) -> Vec<OldBreak> {
    let roots = schema.packages.iter().filter(|package| package.is_root);
    roots.flat_map(|package| released(schema, package, policy)).collect()
}

/// What changed in each package asked for since its newest release; nothing of those that have none.
#[must_use]
pub fn unreleased(schema: &Schema, policy: &Policy) -> Vec<Finding> {
    let roots = schema.packages.iter().filter(|package| package.is_root);
    let newest = roots.filter_map(|package| newest(package, &policy.released, |_| true));
    newest.flat_map(|release| diff(release, schema, &plain()).findings).collect()
}

/// Where a package is other than in its release of a version, by more than a patch tells; `None` when that is
/// not out.
pub(crate) fn since_version(
    schema: &Schema,
    package: &Package,
    version: Version,
    released: &[Schema],
) -> Option<HashSet<String>> {
    let release = newest(package, released, |released| released == version)?;
    let mut findings = relation(release, schema);
    findings.retain(|finding| finding.bump() >= Some(Bump::Minor));
    Some(findings.into_iter().map(|finding| finding.path).collect())
}

/// The step that a package needed since the release before its present version; `None` without one.
pub(crate) fn needed_since_release(schema: &Schema, package: &Package, released: &[Schema]) -> Option<Bump> {
    let before = newest(package, released, |version| version < package.version.value)?;
    let name = line::name(Pair::new(before, schema), package);
    let findings = relation(before, schema);
    let ours = findings.iter().filter(|finding| finding.packages().any(|package| package == name));
    ours.filter_map(Finding::bump).max()
}

/// The newest release of a package's line of those whose version is wanted.
fn newest<'r>(
    package: &Package,
    released: &'r [Schema],
    is_wanted: impl Fn(Version) -> bool,
) -> Option<&'r Schema> {
    let releases = released.iter().filter_map(|release| Some((release, same_line(release, package)?)));
    let wanted = releases.filter(|(_, was)| is_wanted(was.version.value));
    wanted.max_by_key(|(_, was)| was.version.value).map(|(release, _)| release)
}

fn released(schema: &Schema, package: &Package, policy: &Policy) -> Vec<OldBreak> {
    let releases = policy.released.iter().filter_map(|release| Some((release, same_line(release, package)?)));
    let releases: Vec<(&Schema, &Package)> = releases.collect();
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
    let name = line::name(Pair::new(release, &slice), package);
    let mut findings = diff(release, &slice, &plain()).findings;
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
