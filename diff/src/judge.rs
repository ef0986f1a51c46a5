//! From changes to findings with their levels, and from findings to a verdict for each package.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use lymph_idl::model::Package;

use crate::effect::Bump;
use crate::finding::{Acceptance, Finding};
use crate::graph::Search;
use crate::history::{self, Older, Releases};
use crate::line;
use crate::pair::Pair;
use crate::path::Path;
use crate::policy::{Left, Policy, WentOut};
use crate::rule::Level;
use crate::side::Side;
use crate::sink::{At, Change, Scope};
use crate::steps;
use crate::verdict::{Counts, Declared, PackageChange, Told, Verdict, has_next, raised};
use crate::walk::{run_acceptance_checks, run_history_checks, run_version_checks};

/// What findings are judged by.
pub(crate) struct Judge<'a> {
    /// Those asked for.
    pub packages: Vec<Judged<'a>>,
    sides: Pair<&'a Side<'a>>,
    policy: &'a Policy,
    releases: Releases<'a>,
    search: Search<'a>,
    /// By the name that findings know a package by.
    places: HashMap<String, usize>,
    /// By the name of a package alone.
    lines: HashMap<&'a str, Vec<usize>>,
    went_out: HashMap<&'a str, Vec<&'a WentOut>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        sides: Pair<&'a Side<'a>>,
        packages: Vec<Pair<Option<&'a Package>>>,
        search: Search<'a>,
        policy: &'a Policy,
    ) -> Self {
        let packages: Vec<Judged<'_>> = packages.into_iter().map(|it| Judged::new(sides, it)).collect();
        let (mut places, mut lines) = (HashMap::new(), HashMap::<&str, Vec<usize>>::new());
        for (package, place) in packages.iter().zip(0..) {
            places.entry(package.name.clone()).or_insert(place);
            if let Some(declared) = package.packages.new.or(package.packages.old) {
                lines.entry(&*declared.name.value).or_default().push(place);
            }
        }
        let mut went_out: HashMap<&str, Vec<_>> = HashMap::new();
        for release in &policy.went_out {
            went_out.entry(&*release.fingerprint).or_default().push(release);
        }
        let releases = Releases::new(policy);
        Self { packages, sides, policy, releases, search, places, lines, went_out }
    }

    /// Makes findings of changes and gives each the level that the versions and the policy say.
    pub(crate) fn findings(&mut self, changes: Vec<Change>) -> Vec<Finding> {
        let findings: Vec<_> = changes.into_iter().map(|it| Finding::new(it, &mut self.search)).collect();
        findings.into_iter().map(|finding| self.judged(finding)).collect()
    }

    fn judged(&self, mut finding: Finding) -> Finding {
        self.policy.adjust(&mut finding);
        if finding.accepted.is_none() {
            let went_out = self.went_out.get(&*finding.fingerprint).into_iter().flatten();
            let mut across = went_out.filter(|it| self.crosses(it));
            finding.accepted = across.next().map(|it| it.acceptance.clone());
        }
        let judged = |name: &str| self.places.get(name).map(|place| &self.packages[*place]);
        let declared: Vec<Declared> =
            finding.packages().filter_map(judged).map(|package| package.declared).collect();
        let covers = |bump| declared.iter().all(|declared| declared.covers(bump));
        let (is_covered, is_major) = (finding.bump().is_none_or(covers), covers(Bump::Major));
        if !is_covered && finding.accepted.is_none() {
            // What an imported package was like at a release of another one, no lock says.
            finding.accepted = judged(&finding.package).and_then(|it| it.leads_back(self, &finding));
        }
        self.policy.judge(&mut finding, is_covered, is_major);
        finding
    }

    /// Whether a release lies between the sides of its package.
    fn crosses(&self, release: &WentOut) -> bool {
        let places = self.lines.get(&*release.package).into_iter().flatten();
        places.map(|place| &self.packages[*place]).any(|package| package.crosses(release))
    }
}

/// Findings, in the order in which they were made.
#[derive(Default)]
pub(crate) struct Found {
    pub all: Vec<Finding>,
    /// Their places by the packages that they concern.
    by_package: HashMap<String, Vec<usize>>,
}

impl Found {
    pub(crate) fn extend(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            let place = self.all.len();
            for package in finding.packages() {
                match self.by_package.get_mut(package) {
                    Some(places) if places.last() == Some(&place) => {}
                    Some(places) => places.push(place),
                    None => {
                        self.by_package.insert(package.to_owned(), vec![place]);
                    }
                }
            }
            self.all.push(finding);
        }
    }

    fn of(&self, package: &str) -> impl Iterator<Item = &Finding> {
        let places = self.by_package.get(package).map_or(&[][..], Vec::as_slice);
        steps::note(places.len());
        places.iter().map(|place| &self.all[*place])
    }
}

/// A package asked for and what its version says.
pub(crate) struct Judged<'a> {
    pub packages: Pair<Option<&'a Package>>,
    /// With its major where there are several.
    name: String,
    declared: Declared,
    /// Where it is other now than in the release of the old version, once it was asked for.
    since_version: OnceCell<Option<HashSet<String>>>,
    /// What changed since the release before, once it was asked for.
    since_release: OnceCell<Option<Bump>>,
}

impl<'a> Judged<'a> {
    fn new(sides: Pair<&Side<'a>>, packages: Pair<Option<&'a Package>>) -> Self {
        let name = packages.new.or(packages.old).map_or_else(String::new, |it| line::name(sides, it));
        let declared = match packages {
            Pair { old: Some(old), new: Some(new) } => {
                Declared::of(Pair::new(old, new), has_next(sides.new.schema, new))
            }
            // No version tells those who use what is gone.
            Pair { old: Some(_), new: None } => Declared::Unchanged { has_next: false },
            // Nobody used what is new, but events of its names may be heard already.
            Pair { old: None, .. } => Declared::Raised(Bump::Major),
        };
        Self { packages, name, declared, since_version: OnceCell::new(), since_release: OnceCell::new() }
    }

    /// Its findings, those accepted left out.
    fn concerns<'f>(&self, found: &'f Found) -> impl Iterator<Item = &'f Finding> {
        found.of(&self.name).filter(|finding| finding.accepted.is_none())
    }

    /// Whether a release of this package lies between its sides.
    fn crosses(&self, release: &WentOut) -> bool {
        let versions = self.packages.map(|package| package.map(|package| package.version.value));
        let Pair { old: Some(old), new: Some(new) } = versions else { return false };
        line::base(&self.name) == release.package && old < release.version && release.version <= new
    }

    /// Why a change hurts nobody that only undoes what was never released: who has the old version has it as it
    /// is out.
    fn leads_back(&self, judge: &Judge<'_>, finding: &Finding) -> Option<Acceptance> {
        let Pair { old: Some(old), new: Some(new) } = self.packages else { return None };
        let version = old.version.value;
        let since = self
            .since_version
            .get_or_init(|| history::since_version(judge.sides.new, new, version, &judge.releases))
            .as_ref()?;
        let reason = format!("leads back to {version}, as it is out");
        let by = "lymph.lock".to_owned();
        (!since.contains(&finding.path)).then_some(Acceptance { reason, by, until: None })
    }

    /// What the version has to tell of beside what is found here: what was accepted, and what was merged
    /// since the release before.
    fn told_of(&self, judge: &Judge<'_>, found: &Found) -> Told {
        let accepted = found.of(&self.name).filter(|finding| finding.accepted.is_some());
        let needed = self.needed(found);
        let merged = match (self.declared, self.packages.new) {
            // Where the findings ask for as much there is nothing to find out.
            (Declared::Raised(raised), Some(new)) if Some(raised) > needed => {
                let find = || history::needed_since_release(judge.sides.new, new, &judge.releases);
                *self.since_release.get_or_init(find)
            }
            _ => None,
        };
        Told { accepted: accepted.filter_map(Finding::bump).max(), merged }
    }

    fn needed(&self, found: &Found) -> Option<Bump> {
        self.concerns(found).filter_map(Finding::bump).max()
    }

    /// What only older versions, and releases that are out, make visible.
    pub(crate) fn history(&self, judge: &Judge<'_>, found: &Found, older: &mut Vec<Older>) -> Vec<Change> {
        let Pair { old: Some(old), new: Some(new) } = self.packages else { return Vec::new() };
        let (sides, policy) = (judge.sides, judge.policy);
        // What was accepted was told too: accepted once, it does not come back from each older version.
        let told: Vec<&Finding> = found.of(&self.name).collect();
        let mut changes = Vec::new();
        for finding in history::breaks(sides, Pair::new(old, new), &told, policy, &judge.releases, older) {
            run_history_checks(&finding, &mut changes, self.at(judge, &Path::root(&self.name)));
        }
        changes
    }

    /// What the rules about acceptances find.
    pub(crate) fn acceptances(&self, judge: &Judge<'_>, left: &[Left<'_>]) -> Vec<Change> {
        let mut changes = Vec::new();
        let path = Path::root(&self.name);
        left.iter().for_each(|left| run_acceptance_checks(left, &mut changes, self.at(judge, &path)));
        changes
    }

    /// What the rules about versions find.
    pub(crate) fn promises(&self, judge: &Judge<'_>, found: &Found) -> Vec<Change> {
        let Pair { old: Some(old), new: Some(new) } = self.packages else { return Vec::new() };
        let schemas = judge.sides.map(|side| side.schema);
        let declared = self.declared;
        let has_errors = self.concerns(found).any(|finding| finding.level == Level::Error);
        let needed = self.needed(found);
        let packages = Pair::new(old, new);
        let told = self.told_of(judge, found);
        let change = PackageChange { schemas, packages, declared, needed, told, has_errors };
        let mut changes = Vec::new();
        run_version_checks(&change, &mut changes, self.at(judge, &Path::root(&self.name)));
        changes
    }

    /// The package as a place for what is told of all of it.
    fn at<'p>(&'p self, judge: &'p Judge<'_>, path: &'p Path<'p>) -> At<'p, 'p> {
        let scope = Scope::new(judge.sides, self.packages);
        let spans = self.packages.map(|package| package.map(|package| package.version.span));
        At { scope, path, name: &self.name, node: None, guards: false, spans }
    }

    pub(crate) fn verdict(&self, judge: &Judge<'_>, found: &Found) -> Verdict {
        let versions = self.packages.map(|package| package.map(|package| package.version.value));
        let needed = self.needed(found);
        let needed_version = versions.old.zip(needed).map(|(old, bump)| raised(old, bump));
        Verdict {
            package: self.name.clone(),
            versions,
            needed,
            needed_version,
            told: self.told_of(judge, found),
            is_acceptable: self.concerns(found).all(|finding| finding.level < Level::Error),
            counts: Counts::of(self.concerns(found)),
        }
    }
}
