//! From what the walk saw to findings, levels and a verdict for each package.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};

use lymph_idl::model::Package;
use lymph_idl::{Schema, Span};

use crate::effect::Bump;
use crate::finding::{Acceptance, Finding};
use crate::graph::Graph;
use crate::history::{self, Older};
use crate::line;
use crate::pair::Pair;
use crate::path::Path;
use crate::policy::{Left, Policy, WentOut};
use crate::rule::Level;
use crate::sink::{At, Change, Scope};
use crate::unclassified::unclassified;
use crate::verdict::{Counts, Declared, PackageChange, Told, Verdict, has_next, raised};
use crate::walk::{Walked, run_acceptance_checks, run_history_checks, run_version_checks, walk};

/// Everything there is to say of a change.
#[derive(Debug)]
pub struct Report {
    /// The errors first, then by package and place.
    pub findings: Vec<Finding>,
    /// One for each package asked for.
    pub verdicts: Vec<Verdict>,
    /// Differences that no rule speaks of: an answer would be a guess.
    pub unclassified: Vec<Unclassified>,
    /// Older versions that were compared on the way. Which ones depends on the policy and on what changed.
    pub older: Vec<Older>,
}

/// A difference that no rule speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclassified {
    /// The declaration, as `Geocoder.locate`.
    pub path: String,
    /// Where it stands on both sides.
    pub spans: Pair<Option<Span>>,
}

impl Report {
    /// Whether the change may go out as it is: nothing is an error, and every difference is understood.
    #[must_use]
    pub fn is_acceptable(&self) -> bool {
        self.unclassified.is_empty() && self.findings.iter().all(|finding| finding.level < Level::Error)
    }
}

/// Compares `new` with `old` and judges by `policy`.
#[must_use]
pub fn diff(old: &Schema, new: &Schema, policy: &Policy) -> Report {
    let schemas = Pair::new(old, new);
    let Walked { changes, graph, packages, heirs } = walk(schemas);
    let packages: Vec<Judged<'_>> = packages.into_iter().map(|it| Judged::new(schemas, it)).collect();
    let mut findings = judged(changes, schemas, &graph, &packages, policy);
    let mut older = Vec::new();
    for package in &packages {
        let history = package.history(schemas, &findings, policy, &mut older);
        findings.extend(judged(history, schemas, &graph, &packages, policy));
        let promises = package.promises(schemas, &findings, policy);
        findings.extend(judged(promises, schemas, &graph, &packages, policy));
    }
    let told: BTreeSet<&str> = findings.iter().map(|finding| &*finding.fingerprint).collect();
    let left: Vec<Left<'_>> = policy.left(&told, || history::unreleased(new, policy));
    if let Some(package) = packages.first() {
        let changes = package.acceptances(schemas, &left);
        findings.extend(judged(changes, schemas, &graph, &packages, policy));
    }
    let pairs: Vec<_> = packages.iter().map(|package| package.packages).collect();
    let unclassified = unclassified(schemas, &pairs, &findings, &graph, &heirs);
    let verdicts = packages.iter().map(|package| package.verdict(schemas, &findings, policy)).collect();
    sort(&mut findings);
    Report { findings, verdicts, unclassified, older }
}

/// What changed for those who use the schemas: nothing of versions before the old one, and no promises.
pub(crate) fn relation(old: &Schema, new: &Schema) -> Vec<Finding> {
    let schemas = Pair::new(old, new);
    let Walked { changes, graph, packages, .. } = walk(schemas);
    let packages: Vec<Judged<'_>> = packages.into_iter().map(|it| Judged::new(schemas, it)).collect();
    let mut findings = judged(changes, schemas, &graph, &packages, &history::plain());
    sort(&mut findings);
    findings
}

/// The errors first, then by package and place.
fn sort(findings: &mut [Finding]) {
    findings.sort_by(|one, other| {
        let place = |finding: &Finding| (finding.spans.new, finding.spans.old);
        let levels = other.level.cmp(&one.level);
        levels.then_with(|| one.package.cmp(&other.package)).then_with(|| place(one).cmp(&place(other)))
    });
}

/// Makes findings of changes and gives each the level that the versions and the policy say.
fn judged(
    changes: Vec<Change>,
    schemas: Pair<&Schema>,
    graph: &Graph,
    packages: &[Judged<'_>],
    policy: &Policy,
) -> Vec<Finding> {
    let mut search = graph.search();
    let judge = |change| {
        let mut finding = Finding::new(change, &mut search);
        policy.adjust(&mut finding);
        if finding.accepted.is_none() {
            let went_out = policy.went_out.iter().filter(|it| it.fingerprint == finding.fingerprint);
            let mut across = went_out.filter(|it| packages.iter().any(|package| package.crosses(it)));
            finding.accepted = across.next().map(|it| it.acceptance.clone());
        }
        let declared: Vec<Declared> = finding
            .packages()
            .filter_map(|name| Some(packages.iter().find(|package| package.name == name)?.declared))
            .collect();
        let covers = |bump| declared.iter().all(|declared| declared.covers(bump));
        let (is_covered, is_major) = (finding.bump().is_none_or(covers), covers(Bump::Major));
        if !is_covered && finding.accepted.is_none() {
            finding.accepted =
                packages.iter().find_map(|package| package.leads_back(&finding, schemas, policy));
        }
        policy.judge(&mut finding, is_covered, is_major);
        finding
    };
    changes.into_iter().map(judge).collect()
}

/// A package asked for and what its version says.
struct Judged<'a> {
    /// With its major where there are several.
    name: String,
    packages: Pair<Option<&'a Package>>,
    declared: Declared,
    /// Where it is other now than in the release of the old version, once it was asked for.
    since_version: OnceCell<Option<HashSet<String>>>,
}

impl<'a> Judged<'a> {
    fn new(schemas: Pair<&'a Schema>, packages: Pair<Option<&'a Package>>) -> Self {
        let name = packages.new.or(packages.old).map_or_else(String::new, |it| line::name(schemas, it));
        let declared = match packages {
            Pair { old: Some(old), new: Some(new) } => {
                Declared::of(Pair::new(old, new), has_next(schemas.new, new))
            }
            // No version tells those who use what is gone.
            Pair { old: Some(_), new: None } => Declared::Unchanged { has_next: false },
            // Nobody used what is new, but events of its names may be heard already.
            Pair { old: None, .. } => Declared::Raised(Bump::Major),
        };
        Self { name, packages, declared, since_version: OnceCell::new() }
    }

    fn concerns<'f>(&self, findings: &'f [Finding]) -> impl Iterator<Item = &'f Finding> {
        findings.iter().filter(move |finding| {
            finding.accepted.is_none() && finding.packages().any(|package| package == self.name)
        })
    }

    /// Whether a release of this package lies between its sides.
    fn crosses(&self, release: &WentOut) -> bool {
        let versions = self.packages.map(|package| package.map(|package| package.version.value));
        let Pair { old: Some(old), new: Some(new) } = versions else { return false };
        line::base(&self.name) == release.package && old < release.version && release.version <= new
    }

    /// Why a change hurts nobody that only undoes what was never released: who has the old version has it as it
    /// is out.
    fn leads_back(&self, finding: &Finding, schemas: Pair<&Schema>, policy: &Policy) -> Option<Acceptance> {
        let Pair { old: Some(old), new: Some(new) } = self.packages else { return None };
        // What an imported package was like at that release, its lock does not say.
        if finding.package != self.name {
            return None;
        }
        let version = old.version.value;
        let since = self
            .since_version
            .get_or_init(|| history::since_version(schemas.new, new, version, &policy.released))
            .as_ref()?;
        let reason = format!("leads back to {version}, as it is out");
        let by = "lymph.lock".to_owned();
        (!since.contains(&finding.path)).then_some(Acceptance { reason, by, until: None })
    }

    /// What the version has to tell of beside what is found here: what was accepted, and what was merged
    /// since the release before.
    fn told_of(&self, schemas: Pair<&Schema>, findings: &[Finding], policy: &Policy) -> Told {
        let accepted = findings.iter().filter(|finding| {
            finding.accepted.is_some() && finding.packages().any(|package| package == self.name)
        });
        let needed = self.needed(findings);
        let merged = match (self.declared, self.packages.new) {
            // Where the findings ask for as much there is nothing to find out.
            (Declared::Raised(raised), Some(new)) if Some(raised) > needed => {
                history::needed_since_release(schemas.new, new, &policy.released)
            }
            _ => None,
        };
        Told { accepted: accepted.filter_map(Finding::bump).max(), merged }
    }

    fn needed(&self, findings: &[Finding]) -> Option<Bump> {
        self.concerns(findings).filter_map(Finding::bump).max()
    }

    /// What only older versions, and releases that are out, make visible.
    fn history(
        &self,
        schemas: Pair<&'a Schema>,
        findings: &[Finding],
        policy: &Policy,
        older: &mut Vec<Older>,
    ) -> Vec<Change> {
        let Pair { old: Some(old), new: Some(new) } = self.packages else { return Vec::new() };
        let scope = Scope { schemas, packages: self.packages };
        let path = Path::root(&self.name);
        let spans = Pair::new(Some(old.version.span), Some(new.version.span));
        let at = At { scope, path: &path, name: &self.name, node: None, guards: false, spans };
        // What was accepted was told too: accepted once, it does not come back from each older version.
        let is_ours = |finding: &&Finding| finding.packages().any(|package| package == self.name);
        let told: Vec<&Finding> = findings.iter().filter(is_ours).collect();
        let mut changes = Vec::new();
        for finding in history::breaks(schemas, Pair::new(old, new), &told, policy, older) {
            run_history_checks(&finding, &mut changes, at);
        }
        changes
    }

    /// What the rules about acceptances find.
    fn acceptances(&self, schemas: Pair<&'a Schema>, left: &[Left<'_>]) -> Vec<Change> {
        let scope = Scope { schemas, packages: self.packages };
        let path = Path::root(&self.name);
        let spans = self.packages.map(|package| package.map(|package| package.version.span));
        let at = At { scope, path: &path, name: &self.name, node: None, guards: false, spans };
        let mut changes = Vec::new();
        left.iter().for_each(|left| run_acceptance_checks(left, &mut changes, at));
        changes
    }

    /// What the rules about versions find.
    fn promises(&self, schemas: Pair<&'a Schema>, findings: &[Finding], policy: &Policy) -> Vec<Change> {
        let Pair { old: Some(old), new: Some(new) } = self.packages else { return Vec::new() };
        let declared = self.declared;
        let has_errors = self.concerns(findings).any(|finding| finding.level == Level::Error);
        let needed = self.needed(findings);
        let packages = Pair::new(old, new);
        let told = self.told_of(schemas, findings, policy);
        let change = PackageChange { schemas, packages, declared, needed, told, has_errors };
        let scope = Scope { schemas, packages: self.packages };
        let path = Path::root(&self.name);
        let spans = packages.map(|package| Some(package.version.span));
        let at = At { scope, path: &path, name: &self.name, node: None, guards: false, spans };
        let mut changes = Vec::new();
        run_version_checks(&change, &mut changes, at);
        changes
    }

    fn verdict(&self, schemas: Pair<&Schema>, findings: &[Finding], policy: &Policy) -> Verdict {
        let versions = self.packages.map(|package| package.map(|package| package.version.value));
        let needed = self.needed(findings);
        let needed_version = versions.old.zip(needed).map(|(old, bump)| raised(old, bump));
        Verdict {
            package: self.name.clone(),
            versions,
            needed,
            needed_version,
            told: self.told_of(schemas, findings, policy),
            is_acceptable: self.concerns(findings).all(|finding| finding.level < Level::Error),
            counts: Counts::of(self.concerns(findings)),
        }
    }
}
