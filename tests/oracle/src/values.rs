//! Holds what happens to values against what findings of shapes say.

use std::fmt;

use lymph_diff::{Check, Effect, Finding, Matrix, Position, Report};

use crate::case::Case;
use crate::direction::Direction;
use crate::exceptions::Exceptions;
use crate::hints::Hints;
use crate::judge::{Disagreement, Judgement};
use crate::meaning::Reading;
use crate::operation::{Operation, Version, operations};
use crate::samples::Place;
use crate::trial::{self, Outcome};

/// Of a disagreement.
struct Words<'a> {
    case: &'a str,
    operation: &'a Operation<'a>,
    direction: Direction,
    said: Effect,
    by: Vec<String>,
    effect: Effect,
    happened: &'a Outcome,
}

/// What became of the values of an operation, there and back.
#[derive(Debug)]
pub struct Tried {
    operation: Operation<'static>,
    outcomes: [Outcome; 2],
}

/// Tries all operations of a case in both directions.
///
/// # Panics
///
/// When generated code refuses what its own schema allows.
#[must_use]
pub fn try_all(old: Version<'static>, new: Version<'static>) -> Vec<Tried> {
    let hints = Hints::of(old.schema, new.schema);
    let mut tried: Vec<Tried> = Vec::new();
    for operation in operations(old, new) {
        let outcomes = [
            trial::run(&operation.old, &operation.new, &hints, Reading { is_newer: true }),
            trial::run(&operation.new, &operation.old, &hints, Reading { is_newer: false }),
        ];
        let same = |it: &&mut Tried| {
            it.operation.position == operation.position
                && it.operation.name == operation.name
                && it.operation.package == operation.package
        };
        match tried.iter_mut().find(same) {
            // Of the several errors of a method findings only say which method they reach.
            Some(same) => {
                for (all, outcome) in same.outcomes.iter_mut().zip(outcomes) {
                    all.fates.extend(outcome.fates);
                }
            }
            None => tried.push(Tried { operation, outcomes }),
        }
    }
    tried
}

/// Holds what a report says of values against what became of them.
#[must_use]
pub fn judge(case: &Case, report: &Report, exceptions: Exceptions<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for Tried { operation, outcomes } in case.tried() {
        let findings = || touching(report, operation);
        for (direction, happened) in Direction::ALL.into_iter().zip(outcomes) {
            let claims: Vec<_> = findings()
                .map(|(id, finding, matrix)| (id, finding, effect(matrix, operation.position, direction)))
                .collect();
            let shown = |exceptions: &Exceptions<'_>, (_, finding, said): &(&str, &Finding, Effect)| {
                exceptions.shown(finding.rule.id, direction, *said)
            };
            let worst = |exceptions: &Exceptions<'_>| {
                claims.iter().map(|it| shown(exceptions, it)).max().unwrap_or(Effect::Fine)
            };
            let said = worst(&exceptions);
            let gravest = claims.iter().filter(|it| said.is_break() && shown(&exceptions, it) == said);
            let places: Vec<_> = gravest.flat_map(|(_, it, _)| places(it, direction)).collect();
            let effect = happened.effect(&places);
            if said == effect {
                judgement.needed.extend(exceptions.needed(worst).map(|place| (place, direction)));
            } else {
                let by = |(id, finding, _): &(&str, &Finding, Effect)| format!("{id} {}", finding.path);
                let by = claims.iter().map(by).collect();
                let case = case.name;
                let text = Words { case, operation, direction, said, by, effect, happened }.to_string();
                let name = operation.name.clone();
                judgement.disagreements.push(Disagreement { case, name, direction, text });
            }
        }
    }
    judgement
}

/// The ids, with their positions, of findings that some operation of a case can show.
pub fn shown(case: &Case) -> impl Iterator<Item = &str> {
    case.tried().iter().flat_map(|it| touching(&case.report, &it.operation)).map(|(id, ..)| id)
}

/// What findings say of an operation: the id there, the finding, and who is hurt.
fn touching<'r>(
    report: &'r Report,
    operation: &Operation<'_>,
) -> impl Iterator<Item = (&'r str, &'r Finding, &'r Matrix)> {
    let uses = report.findings.iter().flat_map(|finding| finding.uses.iter().map(move |it| (finding, it)));
    let of_values = uses
        .filter(|(_, it)| {
            it.position == operation.position
                && it.operations.contains(&operation.name)
                && it.packages.iter().any(|package| package == operation.package)
        })
        .map(|(finding, it)| (&*it.id, finding, &it.matrix));
    // Whether there is a result at all is a matter of the method.
    let of_results = report.findings.iter().filter(|finding| {
        operation.position == Position::Result
            && finding.uses.is_empty()
            && finding.path == format!("{} -> result", operation.name)
            && finding.package == operation.package
    });
    of_values.chain(of_results.map(|finding| (&*finding.id, finding, &finding.matrix)))
}

/// What values of the writer have in which the change shows: of what holds it where a finding is about what
/// else may be there, of the value itself where it is about that.
fn places(finding: &Finding, direction: Direction) -> Vec<Place> {
    let span = match direction {
        Direction::Backward => finding.spans.old,
        Direction::Forward => finding.spans.new,
    };
    let of_span = |span| match finding.rule.check {
        Check::Type(_) | Check::Bounds(_) => vec![Place::Value(span, inside(&finding.path).to_owned())],
        // What one side does not have is told at what holds it.
        _ => vec![Place::Holder(span), Place::Value(span, String::new())],
    };
    span.map_or_else(Vec::new, of_span)
}

/// The end of a path that has no name, as `[]` of `Place.tags[]`.
fn inside(path: &str) -> &str {
    let mut named = path;
    while let Some(shorter) = ["[]", "{key}", "{value}"].iter().find_map(|part| named.strip_suffix(part)) {
        named = shorter;
    }
    &path[named.len()..]
}

fn effect(matrix: &Matrix, position: Position, direction: Direction) -> Effect {
    let cell =
        match (position, direction) {
            (Position::Param, Direction::Backward)
            | (Position::Result | Position::Error, Direction::Forward) => matrix.old_client,
            (Position::Param, Direction::Forward)
            | (Position::Result | Position::Error, Direction::Backward) => matrix.new_client,
            (Position::Event, Direction::Backward) => matrix.new_consumer,
            (Position::Event, Direction::Forward) => matrix.old_consumer,
        };
    cell.map_or(Effect::Fine, |cell| cell.effect)
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, operation, direction, said, by, effect, happened } = self;
        let who = match direction {
            Direction::Backward => "old writer, new reader",
            Direction::Forward => "new writer, old reader",
        };
        writeln!(f, "{case}: {} of `{}`, {who}", operation.position.name(), operation.name)?;
        let by = if by.is_empty() { "no finding".to_owned() } else { by.join(", ") };
        writeln!(f, "  said     {} {} ({by})", said.symbol(), said.name())?;
        let written = happened.fates.len();
        write!(f, "  happened {} {} with {written} values", effect.symbol(), effect.name())?;
        for (value, what) in happened.witnesses() {
            write!(f, "\n    {}\n      {what}", shortened(&value.to_string()))?;
        }
        Ok(())
    }
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    if short.len() == text.len() { short } else { format!("{short}…") }
}
