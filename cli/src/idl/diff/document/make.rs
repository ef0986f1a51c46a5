//! From a report and its two sides to the document.

use std::collections::{BTreeMap, BTreeSet};

use lymph_diff as model;
use lymph_diff::{Pair, Report};

use super::{
    Acceptance, Bump, Cell, Counts, Document, Effect, Finding, Level, Outcome, Package, Rollout, Source,
    Unclassified, Use, VERSION, Way, sentences,
};
use crate::idl::diff::affected::Affected;
use crate::idl::diff::side::Side;

/// Everything that is told of `report`.
pub(in crate::idl::diff) fn make(sides: &Pair<Side>, report: &Report) -> Document {
    let mut affected = Affected::new(sides, &report.older);
    let outcome = match (report.unclassified.is_empty(), report.is_acceptable()) {
        (false, _) => Outcome::Undecided,
        (true, true) => Outcome::Acceptable,
        (true, false) => Outcome::Findings,
    };
    let source =
        |side: &Side| Source { description: side.description.clone(), revision: side.revision.clone() };
    let Pair { old, new } = sides.as_ref().map(source);
    Document {
        version: VERSION,
        outcome,
        old,
        new,
        packages: packages(report),
        findings: report.findings.iter().map(|it| finding(it, sides, &mut affected)).collect(),
        unclassified: report.unclassified.iter().map(|it| unclassified(it, sides)).collect(),
    }
}

fn packages(report: &Report) -> Vec<Package> {
    let mut findings: BTreeMap<&str, Vec<&model::Finding>> = BTreeMap::new();
    for finding in &report.findings {
        let packages: BTreeSet<&str> = finding.packages().collect();
        packages.into_iter().for_each(|name| findings.entry(name).or_default().push(finding));
    }
    let of = |name: &str| findings.get(name).map_or(&[][..], Vec::as_slice);
    report.verdicts.iter().map(|verdict| package(verdict, of(&verdict.package))).collect()
}

/// A package with the findings that concern it.
fn package(verdict: &model::Verdict, findings: &[&model::Finding]) -> Package {
    let model::Counts { new_event, major, minor, patch, source } = verdict.counts;
    let Pair { old, new } = verdict.versions.map(|version| version.map(|version| version.to_string()));
    Package {
        name: verdict.package.clone(),
        old_version: old,
        new_version: new,
        needed: verdict.needed.map(bump),
        needed_version: verdict.needed_version.map(|version| version.to_string()),
        acceptable: verdict.is_acceptable,
        verdict: sentences::verdict(verdict, findings),
        counts: Counts { new_event, major, minor, patch, source },
    }
}

fn finding(finding: &model::Finding, sides: &Pair<Side>, affected: &mut Affected<'_>) -> Finding {
    let places = sides.as_ref().zip(finding.spans);
    let Pair { old, new } = places.map(|(side, span)| span.map(|span| side.place(span)));
    let notes = finding.notes();
    let matrix = matrix(&finding.matrix);
    Finding {
        id: finding.id.clone(),
        rule: finding.rule.id,
        fingerprint: finding.fingerprint.clone(),
        level: match finding.level {
            model::Level::Note => Level::Note,
            model::Level::Warning => Level::Warning,
            model::Level::Error => Level::Error,
        },
        package: finding.package.clone(),
        path: finding.path.clone(),
        message: finding.message.clone(),
        old,
        new,
        old_note: notes.old,
        new_note: notes.new,
        hurts: affected.by(finding, &matrix),
        matrix,
        uses: finding.uses.iter().map(one_use).collect(),
        rollout: Rollout {
            calls: order(finding.rollout.calls),
            events: order(finding.rollout.events),
            text: sentences::rollout(finding),
        },
        bump: finding.bump().map(bump),
        edits: finding.rule.edits.iter().map(|edit| edit.name()).collect(),
        fix: finding.fix.clone(),
        accepted: finding.accepted.as_ref().map(|it| Acceptance {
            reason: it.reason.clone(),
            by: it.by.clone(),
            until: it.until.clone(),
        }),
    }
}

fn one_use(it: &model::Use) -> Use {
    Use {
        id: it.id.clone(),
        position: it.position.name(),
        operations: it.operations.clone(),
        total: it.total,
        packages: it.packages.clone(),
        matrix: matrix(&it.matrix),
        bump: bump(it.step.bump),
    }
}

fn unclassified(it: &model::Unclassified, sides: &Pair<Side>) -> Unclassified {
    let places = sides.as_ref().zip(it.spans);
    let Pair { old, new } = places.map(|(side, span)| span.map(|span| side.place(span)));
    Unclassified { path: it.path.clone(), old, new }
}

/// The ways that there are.
pub(in crate::idl::diff) fn matrix(matrix: &model::Matrix) -> BTreeMap<Way, Cell> {
    let ways = [
        (Way::OldClientNewServer, matrix.old_client),
        (Way::NewClientOldServer, matrix.new_client),
        (Way::OldConsumerNewProducer, matrix.old_consumer),
        (Way::NewConsumerOldProducer, matrix.new_consumer),
    ];
    ways.into_iter().filter_map(|(way, cell)| Some((way, self::cell(cell?)))).collect()
}

fn cell(cell: model::Cell) -> Cell {
    let effect = match cell.effect {
        model::Effect::Fine => Effect::Fine,
        model::Effect::Lossy => Effect::Lossy,
        model::Effect::BreaksSome => Effect::BreaksSome,
        model::Effect::Breaks => Effect::Breaks,
    };
    Cell { effect, guarded: cell.guarded }
}

/// The same, for programs.
pub(in crate::idl::diff) fn bump(bump: model::Bump) -> Bump {
    match bump {
        model::Bump::Patch => Bump::Patch,
        model::Bump::Minor => Bump::Minor,
        model::Bump::Major => Bump::Major,
        model::Bump::NewEvent => Bump::NewEvent,
    }
}

fn order(order: model::Order) -> &'static str {
    match order {
        model::Order::Any => "any",
        model::Order::First(role) => role.plural(),
        model::Order::None => "none",
    }
}
