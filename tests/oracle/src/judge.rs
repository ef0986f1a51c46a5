//! Holds what happens against what findings say.

use std::fmt;

use lymph_diff::{Check, Effect, Finding, Matrix, Position, Report};

use crate::hints::Hints;
use crate::meaning::Reading;
use crate::operation::{Operation, Version, operations};
use crate::samples::Place;
use crate::trial::{self, Outcome};

/// Who writes and who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// An old writer's values at a new reader; an old client's calls, an old producer's events.
    Backward,
    /// A new writer's values at an old reader; a new client's calls, a new producer's events.
    Forward,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Backward, Self::Forward];
}

/// What a rule says that nothing shows.
#[derive(Debug)]
pub struct Beyond {
    /// The rule's id.
    pub rule: &'static str,
    /// Which way; `None` for both.
    pub direction: Option<Direction>,
    /// What is seen in place of what the rule says.
    pub shows: Effect,
    /// Why the rule is right all the same.
    pub because: &'static str,
}

/// Something that is said and something else that happens.
#[derive(Debug)]
struct Disagreement {
    case: String,
    position: Position,
    operation: String,
    direction: Direction,
    said: Effect,
    by: Vec<String>,
    effect: Effect,
    happened: Outcome,
}

/// What was tried in one case.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Where the report is wrong.
    pub disagreements: Vec<String>,
    /// What was put to the test: a rule's id with its position.
    pub tested: Vec<String>,
    /// Entries of the table without which there would be a disagreement, by place.
    pub needed: Vec<usize>,
}

/// Tries all operations of a case in both directions.
///
/// # Panics
///
/// When generated code refuses what its own schema allows.
#[must_use]
pub fn judge(
    case: &str,
    old: Version<'_>,
    new: Version<'_>,
    report: &Report,
    beyond: &[Beyond],
) -> Judgement {
    let hints = Hints::of(old.schema, new.schema);
    let mut judgement = Judgement::default();
    let mut tried: Vec<(Operation<'_>, [Outcome; 2])> = Vec::new();
    for operation in operations(old, new) {
        let outcomes = [
            trial::run(&operation.old, &operation.new, &hints, Reading { is_newer: true }),
            trial::run(&operation.new, &operation.old, &hints, Reading { is_newer: false }),
        ];
        let same = |it: &&mut (Operation<'_>, _)| {
            it.0.position == operation.position
                && it.0.name == operation.name
                && it.0.package == operation.package
        };
        match tried.iter_mut().find(same) {
            // Of the several errors of a method findings only say which method they reach.
            Some((_, all)) => {
                for (all, outcome) in all.iter_mut().zip(outcomes) {
                    all.fates.extend(outcome.fates);
                }
            }
            None => tried.push((operation, outcomes)),
        }
    }
    for (operation, outcomes) in tried {
        let findings = || touching(report, &operation);
        judgement.tested.extend(findings().map(|(id, ..)| id.to_owned()));
        for (direction, happened) in Direction::ALL.into_iter().zip(outcomes) {
            let claims: Vec<_> = findings()
                .map(|(id, finding, matrix)| (id, finding, effect(matrix, operation.position, direction)))
                .collect();
            // What a finding says with all entries of the table but one.
            let shown = |(_, finding, said): &(&str, &Finding, Effect), without: Option<usize>| {
                let applies = |(place, it): &(usize, &Beyond)| {
                    Some(*place) != without
                        && it.rule == finding.rule.id
                        && it.direction.is_none_or(|it| it == direction)
                };
                beyond.iter().enumerate().find(applies).map_or(*said, |(_, it)| it.shows)
            };
            let worst = |without| claims.iter().map(|it| shown(it, without)).max().unwrap_or(Effect::Fine);
            let said = worst(None);
            let gravest = claims.iter().filter(|it| said.is_break() && shown(it, None) == said);
            let places: Vec<_> = gravest.flat_map(|(_, it, _)| places(it, direction)).collect();
            let effect = happened.effect(&places);
            if said == effect {
                let needed = (0..beyond.len()).filter(|place| worst(Some(*place)) != said);
                judgement.needed.extend(needed);
            } else {
                let by = |(id, finding, _): &(&str, &Finding, Effect)| format!("{id} {}", finding.path);
                let disagreement = Disagreement {
                    case: case.to_owned(),
                    position: operation.position,
                    operation: operation.name.clone(),
                    direction,
                    said,
                    by: claims.iter().map(by).collect(),
                    effect,
                    happened,
                };
                judgement.disagreements.push(disagreement.to_string());
            }
        }
    }
    judgement
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

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, position, operation, direction, said, by, effect, happened } = self;
        let who = match direction {
            Direction::Backward => "old writer, new reader",
            Direction::Forward => "new writer, old reader",
        };
        writeln!(f, "{case}: {} of `{operation}`, {who}", position.name())?;
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
