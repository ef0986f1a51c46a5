//! What the version before does not show: older versions that are still out there, and releases that were
//! promised not to change.

use lymph_idl::model::Package;
use lymph_idl::{Schema, Version};

use crate::effect::Bump;
use crate::finding::Finding;
use crate::line;
use crate::pair::Pair;
use crate::policy::{EventPolicy, Policy};
use crate::report::diff;

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

/// What only older slices and released versions show; `told` was found against the version before.
pub(crate) fn breaks(
    schemas: Pair<&Schema>,
    packages: Pair<&Package>,
    told: &[&Finding],
    policy: &Policy,
) -> Vec<OldBreak> {
    let mut found = released(schemas.new, packages.new, policy);
    found.retain(|it| {
        !told.iter().any(|told| told.path == it.finding.path && told.rule.id == it.finding.rule.id)
    });
    // What breaks no value now cannot break one of a version that it was compatible with.
    let has_shapes = told.iter().any(|finding| !finding.uses.is_empty());
    if policy.events.transitive && has_shapes {
        let older = older(schemas, packages, told, &policy.released);
        let is_older = |it: &OldBreak| older.iter().any(|older| older.finding.path == it.finding.path);
        found.retain(|it| !is_older(it));
        found.extend(older);
    }
    found
}

fn older(
    schemas: Pair<&Schema>,
    packages: Pair<&Package>,
    told: &[&Finding],
    released: &[Schema],
) -> Vec<OldBreak> {
    let mut found: Vec<OldBreak> = Vec::new();
    for (version, older) in older_versions(schemas.old, packages.old, released) {
        let name = line::name(Pair::new(&older, schemas.new), packages.new);
        let known: Vec<Finding> = diff(&older, schemas.old, &plain()).findings;
        for finding in diff(&older, schemas.new, &plain()).findings {
            let is_break = finding.bump() >= Some(Bump::Major) && finding.package == name;
            let same = |other: &Finding| {
                other.path == finding.path
                    && (other.rule.id == finding.rule.id || other.bump() >= finding.bump())
            };
            let is_known = known.iter().any(same)
                || told.iter().any(|told| same(told))
                || found.iter().any(|found| same(&found.finding));
            if is_break && !is_known {
                found.push(OldBreak { seen: Seen::Older, version, finding });
            }
        }
    }
    found
}

/// Versions of a package before its present one: as they were released, else as their slices say.
fn older_versions(schema: &Schema, package: &Package, released: &[Schema]) -> Vec<(Version, Schema)> {
    let present = package.version.value;
    let mut versions: Vec<(Version, Schema)> = Vec::new();
    for release in released {
        if let Some(was) = same_line(release, package).filter(|was| was.version.value < present) {
            versions.push((was.version.value, release.clone()));
        }
    }
    for version in schema.versions(package.id).into_iter().filter(|version| *version < present) {
        let is_released = versions.iter().any(|(released, _)| *released == version);
        // A slice that does not stand on its own is reported where the schema is checked.
        if !is_released && let Ok(slice) = schema.slice(package.id, version) {
            versions.push((version, slice));
        }
    }
    versions.sort_by_key(|(version, _)| *version);
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

/// What is other in a package than in its release of a version; `None` when that is not out.
pub(crate) fn since_version(
    schema: &Schema,
    package: &Package,
    version: Version,
    released: &[Schema],
) -> Option<Vec<Finding>> {
    let release = newest(package, released, |released| released == version)?;
    Some(diff(release, schema, &plain()).findings)
}

/// The step that a package needed since the release before its present version; `None` without one.
pub(crate) fn needed_since_release(schema: &Schema, package: &Package, released: &[Schema]) -> Option<Bump> {
    let before = newest(package, released, |version| version < package.version.value)?;
    let name = line::name(Pair::new(before, schema), package);
    let findings = diff(before, schema, &plain()).findings;
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
        for finding in unlike(release, schema, package, version) {
            let same = |known: &Finding| known.path == finding.path && known.rule.id == finding.rule.id;
            let is_accepted = policy.accepted.contains_key(&finding.fingerprint);
            if !is_accepted && !known.iter().any(same) {
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
fn plain() -> Policy {
    Policy { events: EventPolicy { transitive: false, ..EventPolicy::default() }, ..Policy::default() }
}
