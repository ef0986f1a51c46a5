//! From what the walk saw to findings, levels and a verdict for each package.

use std::collections::BTreeSet;

use lymph_idl::{Schema, Span};

use crate::finding::Finding;
use crate::history::{self, Older};
use crate::judge::{Found, Judge};
use crate::pair::Pair;
use crate::policy::{Left, Policy};
use crate::rule::Level;
use crate::side::Side;
use crate::unclassified::unclassified;
use crate::verdict::Verdict;
use crate::walk::{Extent, Walked, walk};

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
    let (old, new) = (Side::new(old), Side::new(new));
    compare(Pair::new(&old, &new), Extent::Everything, policy)
}

/// The same for the packages that the old side has.
pub(crate) fn diff_old_side(sides: Pair<&Side<'_>>, policy: &Policy) -> Report {
    compare(sides, Extent::OldSide, policy)
}

fn compare(sides: Pair<&Side<'_>>, extent: Extent, policy: &Policy) -> Report {
    let schemas = sides.map(|side| side.schema);
    let Walked { changes, graph, packages, heirs } = walk(sides, extent);
    let mut judge = Judge::new(sides, packages, graph.search(), policy);
    let mut found = Found::default();
    found.extend(judge.findings(changes));
    let mut older = Vec::new();
    for place in 0..judge.packages.len() {
        let history = judge.packages[place].history(&judge, &found, &mut older);
        found.extend(judge.findings(history));
        let promises = judge.packages[place].promises(&judge, &found);
        found.extend(judge.findings(promises));
    }
    let told: BTreeSet<&str> = found.all.iter().map(|finding| &*finding.fingerprint).collect();
    let left: Vec<Left<'_>> = policy.left(&told, || history::unreleased(schemas.new, policy));
    if let Some(package) = judge.packages.first() {
        let changes = package.acceptances(&judge, &left);
        found.extend(judge.findings(changes));
    }
    let pairs: Vec<_> = judge.packages.iter().map(|package| package.packages).collect();
    let unclassified = unclassified(schemas, &pairs, &found.all, &graph, &heirs);
    let verdicts = judge.packages.iter().map(|package| package.verdict(&judge, &found)).collect();
    let mut findings = found.all;
    sort(&mut findings);
    Report { findings, verdicts, unclassified, older }
}

/// What changed for those who use the packages of the old side: nothing of versions before it, and no promises.
pub(crate) fn relation(sides: Pair<&Side<'_>>) -> Vec<Finding> {
    let Walked { changes, graph, packages, .. } = walk(sides, Extent::OldSide);
    let policy = history::plain();
    let mut findings = Judge::new(sides, packages, graph.search(), &policy).findings(changes);
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
