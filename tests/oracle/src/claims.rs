//! Holds what happens when peers meet against what findings of methods and events say.

use std::fmt;

use lymph_diff::{Cell, Consequence, Effect, Finding, Matrix, Position, Report};
use lymph_idl::Span;

use crate::case::Case;
use crate::direction::Direction;
use crate::exceptions::Exceptions;
use crate::judge::{Disagreement, Judgement};
use crate::meeting::{Kind, Meeting, Met};

/// Of a disagreement.
struct Words<'a> {
    case: &'a str,
    met: &'a Met,
    said: Effect,
    claims: &'a [Claim<'a>],
}

/// What a finding says of a meeting.
struct Claim<'r> {
    finding: &'r Finding,
    cell: Cell,
}

/// Holds what a report says of methods and events against what happened when peers met.
#[must_use]
pub fn judge_meetings(case: &Case, report: &Report, exceptions: Exceptions<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for met in case.met() {
        let claims: Vec<_> = report.findings.iter().filter_map(|finding| claim(finding, met)).collect();
        let said = |exceptions: &Exceptions<'_>| {
            let shown = |it: &Claim<'_>| exceptions.shown(it.finding.rule.id, met.direction, it.cell.effect);
            claims.iter().map(shown).max().unwrap_or(Effect::Fine)
        };
        if happens(said(&exceptions), &claims, met, case, report) {
            judgement.needed.extend(exceptions.needed(said).map(|place| (place, met.direction)));
        } else {
            let text = Words { case: case.name, met, said: said(&exceptions), claims: &claims }.to_string();
            let (name, direction) = (met.meeting.name.clone(), met.direction);
            judgement.disagreements.push(Disagreement { case: case.name, name, direction, text });
        }
    }
    judgement
}

/// Whether what is said of a meeting is what happened.
fn happens(said: Effect, claims: &[Claim<'_>], met: &Met, case: &Case, report: &Report) -> bool {
    let is_new_caller = met.kind == Kind::Calls && met.direction == Direction::Forward;
    if said.is_break() && is_new_caller && !is_kept_back_as_said(claims, met, case) {
        return false;
    }
    // How much of what is told of values shows in the one that was sent here, their own judge says.
    let told = match of_values(report, met).max().unwrap_or(Effect::Fine) {
        Effect::BreaksSome => Effect::Breaks,
        told => told,
    };
    (said..=said.max(told)).contains(&met.meeting.effect)
}

/// What callers are kept from is not sent, and what is not sent they are kept from; unless the same claim is also
/// about something that is sent.
fn is_kept_back_as_said(claims: &[Claim<'_>], met: &Met, case: &Case) -> bool {
    let Some(is_kept_back) = met.meeting.is_kept_back else { return true };
    let is_sent = |other: &&Met| {
        (other.kind, other.direction) == (met.kind, met.direction)
            && other.meeting.is_kept_back == Some(false)
    };
    let is_also_sent =
        |it: &Claim<'_>| case.met().iter().filter(is_sent).any(|other| claim(it.finding, other).is_some());
    is_guarded(claims) == is_kept_back || is_kept_back && claims.iter().any(is_also_sent)
}

fn is_guarded(claims: &[Claim<'_>]) -> bool {
    claims.iter().any(|it| it.cell.guarded && it.cell.effect.is_break())
}

/// What findings tell of the values that travel.
fn of_values(report: &Report, met: &Met) -> impl Iterator<Item = Effect> {
    let uses = report.findings.iter().flat_map(|finding| &finding.uses);
    let is_of_kind = |position| (position == Position::Event) == (met.kind == Kind::Events);
    uses.filter(move |it| is_of_kind(it.position))
        .filter(|it| it.operations.iter().any(|it| met.meeting.operations.contains(it)))
        .filter_map(|it| cell(&it.matrix, met).map(|cell| cell.effect))
}

fn cell(matrix: &Matrix, met: &Met) -> Option<Cell> {
    match (met.kind, met.direction) {
        (Kind::Calls, Direction::Backward) => matrix.old_client,
        (Kind::Calls, Direction::Forward) => matrix.new_client,
        (Kind::Events, Direction::Backward) => matrix.new_consumer,
        (Kind::Events, Direction::Forward) => matrix.old_consumer,
    }
}

fn claim<'r>(finding: &'r Finding, met: &Met) -> Option<Claim<'r>> {
    let meeting = &met.meeting;
    let cell = match (finding.rule.consequence, met.kind) {
        (Consequence::Call { .. }, Kind::Calls) | (Consequence::Event { .. }, Kind::Events) => {
            cell(&finding.matrix, met)?
        }
        _ => return None,
    };
    // It happens to those who call or listen.
    let span = match (met.kind, met.direction) {
        (Kind::Calls, Direction::Backward) | (Kind::Events, Direction::Forward) => finding.spans.old,
        (Kind::Calls, Direction::Forward) | (Kind::Events, Direction::Backward) => finding.spans.new,
    };
    let is_within = |it: Span| {
        it.file == meeting.span.file && meeting.span.start <= it.start && it.end <= meeting.span.end
    };
    let concerns = |it: &Span| is_within(*it) || meeting.around.contains(it);
    span.filter(concerns).map(|_| Claim { finding, cell })
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, met, said, claims } = self;
        let Meeting { name, effect, what, .. } = &met.meeting;
        let by: Vec<_> = claims.iter().map(|it| format!("{} {}", it.finding.id, it.finding.path)).collect();
        let by = if by.is_empty() { "no finding".to_owned() } else { by.join(", ") };
        let guard = if is_guarded(claims) { " guarded" } else { "" };
        writeln!(f, "{case}: `{name}`, {}", who(met))?;
        writeln!(f, "  said     {} {}{guard} ({by})", said.symbol(), said.name())?;
        write!(f, "  happened {} {}: {what}", effect.symbol(), effect.name())
    }
}

fn who(met: &Met) -> &'static str {
    match (met.kind, met.direction) {
        (Kind::Calls, Direction::Backward) => "old client, new server",
        (Kind::Calls, Direction::Forward) => "new client, old server",
        (Kind::Events, Direction::Backward) => "old producer, new consumer",
        (Kind::Events, Direction::Forward) => "new producer, old consumer",
    }
}
