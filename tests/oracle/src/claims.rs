//! Holds what happens when peers meet against what findings of methods and events say.

use lymph_diff::{Cell, Consequence, Effect, Finding, Matrix, Position, Report};
use lymph_idl::Span;

use crate::hints::Hints;
use crate::judge::{Beyond, Direction, Judgement};
use crate::meeting::{Meeting, calls, events};
use crate::operation::Version;

/// Whether findings are of methods or of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Calls,
    Events,
}

/// What a finding says of a meeting.
struct Claim<'r> {
    finding: &'r Finding,
    cell: Cell,
}

/// Lets all clients and servers, consumers and producers of a case meet, in both directions.
///
/// # Panics
///
/// When peers cannot start or generated code refuses what its own schema allows.
#[must_use]
pub fn judge_meetings(
    case: &str,
    old: Version<'_>,
    new: Version<'_>,
    report: &Report,
    beyond: &[Beyond],
) -> Judgement {
    let hints = Hints::of(old.schema, new.schema);
    let mut judgement = Judgement::default();
    for direction in Direction::ALL {
        let (sender, receiver) = match direction {
            Direction::Backward => (old, new),
            Direction::Forward => (new, old),
        };
        let calls = calls(sender, receiver, &hints).into_iter().map(|it| (Kind::Calls, it));
        let events = events(receiver, sender, &hints).into_iter().map(|it| (Kind::Events, it));
        for (kind, meeting) in calls.chain(events) {
            if !values_are_told(report, kind, &meeting.operations, direction) {
                judge_meeting(case, kind, &meeting, direction, report, beyond, &mut judgement);
            }
        }
    }
    judgement
}

/// Whether findings tell of the values that travel: they are put to the test one by one.
fn values_are_told(report: &Report, kind: Kind, operations: &[String], direction: Direction) -> bool {
    let uses = report.findings.iter().flat_map(|finding| &finding.uses);
    let is_of_kind = |position| (position == Position::Event) == (kind == Kind::Events);
    uses.filter(|it| is_of_kind(it.position) && it.operations.iter().any(|it| operations.contains(it)))
        .any(|it| cell(&it.matrix, kind, direction).is_some_and(|cell| cell.effect > Effect::Fine))
}

fn cell(matrix: &Matrix, kind: Kind, direction: Direction) -> Option<Cell> {
    match (kind, direction) {
        (Kind::Calls, Direction::Backward) => matrix.old_client,
        (Kind::Calls, Direction::Forward) => matrix.new_client,
        (Kind::Events, Direction::Backward) => matrix.new_consumer,
        (Kind::Events, Direction::Forward) => matrix.old_consumer,
    }
}

fn judge_meeting(
    case: &str,
    kind: Kind,
    meeting: &Meeting,
    direction: Direction,
    report: &Report,
    beyond: &[Beyond],
    judgement: &mut Judgement,
) {
    let claims: Vec<_> =
        report.findings.iter().filter_map(|it| claim(it, kind, meeting, direction)).collect();
    judgement.tested.extend(claims.iter().map(|claim| claim.finding.id.clone()));
    let shown = |claim: &Claim<'_>, without: Option<usize>| {
        let applies = |(place, it): &(usize, &Beyond)| {
            Some(*place) != without
                && it.rule == claim.finding.rule.id
                && it.direction.is_none_or(|it| it == direction)
        };
        beyond.iter().enumerate().find(applies).map_or(claim.cell.effect, |(_, it)| it.shows)
    };
    let said = |without| claims.iter().map(|it| shown(it, without)).max().unwrap_or(Effect::Fine);
    // What callers are kept from is not sent.
    let is_guarded = claims.iter().any(|it| it.cell.guarded && it.cell.effect.is_break());
    if said(None) != meeting.effect || is_guarded && !meeting.is_kept_back {
        let by: Vec<_> = claims.iter().map(|it| format!("{} {}", it.finding.id, it.finding.path)).collect();
        let by = if by.is_empty() { "no finding".to_owned() } else { by.join(", ") };
        let (said, Meeting { name, effect, what, .. }) = (said(None), meeting);
        let guard = if is_guarded { " guarded" } else { "" };
        judgement.disagreements.push(format!(
            "{case}: `{name}`, {}\n  said     {} {}{guard} ({by})\n  happened {} {}: {what}",
            who(kind, direction),
            said.symbol(),
            said.name(),
            effect.symbol(),
            effect.name(),
        ));
    } else {
        judgement.needed.extend((0..beyond.len()).filter(|place| said(Some(*place)) != said(None)));
    }
}

fn claim<'r>(finding: &'r Finding, kind: Kind, meeting: &Meeting, direction: Direction) -> Option<Claim<'r>> {
    let is_of_kind = match finding.rule.consequence {
        Consequence::Call { .. } => kind == Kind::Calls,
        Consequence::Event { .. } => kind == Kind::Events,
        Consequence::Shape { .. } | Consequence::Promise { .. } => false,
    };
    // It happens to those who call or listen.
    let span = match (kind, direction) {
        (Kind::Calls, Direction::Backward) | (Kind::Events, Direction::Forward) => finding.spans.old,
        (Kind::Calls, Direction::Forward) | (Kind::Events, Direction::Backward) => finding.spans.new,
    };
    let is_within = |it: Span| {
        it.file == meeting.span.file && meeting.span.start <= it.start && it.end <= meeting.span.end
    };
    let concerns = |it: &Span| is_within(*it) || meeting.around.contains(it);
    span.filter(concerns).filter(|_| is_of_kind)?;
    Some(Claim { finding, cell: cell(&finding.matrix, kind, direction)? })
}

fn who(kind: Kind, direction: Direction) -> &'static str {
    match (kind, direction) {
        (Kind::Calls, Direction::Backward) => "old client, new server",
        (Kind::Calls, Direction::Forward) => "new client, old server",
        (Kind::Events, Direction::Backward) => "old producer, new consumer",
        (Kind::Events, Direction::Forward) => "new producer, old consumer",
    }
}
