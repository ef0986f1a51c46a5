//! Findings with the lines they are about, who is hurt, and what to do.

mod excerpt;
mod wrap;

use super::{Format, Look};
use crate::idl::diff::document::{Document, Effect, Finding, Level, Outcome, Package, Unclassified};
use crate::output::{Style, Trouble};
use wrap::wrapped;

/// Notes that are told one by one; more of them are counted.
const MAX_NOTES: usize = 12;

/// Operations that are named; more of them are counted.
const MAX_OPERATIONS: usize = 4;

/// Columns before what is said of a finding: the longest key and the marks around it.
const KEY: usize = 13;

pub(super) const FORMAT: &dyn Format = &Human;

struct Human;

impl Format for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "For people"
    }

    fn write(&self, document: &Document, look: &Look) -> Result<String, Trouble> {
        let mut blocks = vec![];
        let (told, notes): (Vec<&Finding>, Vec<&Finding>) = document
            .findings
            .iter()
            .partition(|finding| look.verbose || (finding.level > Level::Note && finding.accepted.is_none()));
        blocks.extend(told.into_iter().map(|finding| in_full(finding, look)));
        blocks.extend(document.unclassified.iter().map(|it| unclassified(it, look)));
        blocks.extend(brief(&notes, look));
        blocks.push(verdicts(document, look));
        Ok(blocks.join("\n\n"))
    }
}

fn in_full(finding: &Finding, look: &Look) -> String {
    let (level, id) = (finding.level.name(), &finding.id);
    let style = match finding.level {
        Level::Error => Style::Error,
        Level::Warning => Style::Detail,
        Level::Note => Style::Help,
    };
    let head = format!("{level}[{id}]");
    let title = wrapped(&format!("{}: {}", finding.path, finding.message), look.width, head.len() + 1, 4);
    let mut lines =
        vec![format!("{} {}", look.paint.styled(style, &head), look.paint.styled(Style::Name, &title))];
    lines.extend(excerpt::lines(finding, look));
    let mut say = |key: &str, text: &str| {
        let text = wrapped(text, look.width, KEY, KEY);
        lines.push(format!("  = {} {text}", look.paint.styled(Style::Help, &format!("{key:<8}"))));
    };
    let worst = finding.hurts.first().map_or(Effect::Fine, |hurt| hurt.cell.effect);
    for hurt in finding.hurts.iter().filter(|hurt| look.verbose || is_worth_a_line(worst, hurt.cell.effect)) {
        let key = if hurt.cell.effect == Effect::Lossy { "differs" } else { "breaks" };
        say(key, &hurt.details());
    }
    if look.verbose && finding.matrix.values().all(|cell| cell.effect == Effect::Fine) {
        say("matrix", "fine in every way in which versions meet");
    } else if look.verbose {
        for (way, cell) in &finding.matrix {
            let guarded = if cell.guarded { ", guarded" } else { "" };
            say("matrix", &format!("{}: {}{guarded}", way.text(), cell.effect.text()));
        }
    }
    if worst >= Effect::BreaksSome {
        say("rollout", &finding.rollout.text);
    }
    if let Some(text) = reaches(finding, look.verbose) {
        say("reaches", &text);
    }
    if finding.level > Level::Note {
        say("fix", &finding.fix);
    }
    match &finding.accepted {
        Some(accepted) => {
            say("accepted", &accepted.text());
        }
        None if finding.level == Level::Error && !finding.is_about_acceptance() => {
            say("accept", &format!("lymph-idl accept {} --reason …", finding.fingerprint));
        }
        None => {}
    }
    lines.join("\n")
}

/// Beside what breaks, what merely differs is no news.
fn is_worth_a_line(worst: Effect, effect: Effect) -> bool {
    effect >= Effect::BreaksSome || worst == Effect::Lossy
}

/// The operations that a change of a type reaches, unless the path says it already.
fn reaches(finding: &Finding, verbose: bool) -> Option<String> {
    let mut parts = Vec::new();
    for it in &finding.uses {
        let own = it.operations.first().is_some_and(|first| finding.path.starts_with(&**first));
        if it.operations.is_empty() || (own && it.total == 1 && !verbose) {
            continue;
        }
        let shown = if verbose { it.operations.len() } else { it.operations.len().min(MAX_OPERATIONS) };
        let more = it.total - shown;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let many = if it.total == 1 { "" } else { "s" };
        parts.push(format!("{}{many} of {}{more}", it.position, it.operations[..shown].join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn unclassified(it: &Unclassified, look: &Look) -> String {
    let head = format!("error[{}]", Unclassified::ID);
    let title = wrapped(&format!("{}: {}", it.path, Unclassified::MESSAGE), look.width, head.len() + 1, 4);
    let mut lines =
        vec![format!("{} {}", look.paint.styled(Style::Error, &head), look.paint.styled(Style::Name, &title))];
    lines.extend(excerpt::of_places(it.old.as_ref(), it.new.as_ref(), ("", ""), look));
    lines.join("\n")
}

/// What is fine, or was accepted: a line each, or how many there are of each kind.
fn brief(notes: &[&Finding], look: &Look) -> Option<String> {
    if notes.is_empty() {
        return None;
    }
    let line = |head: &str, text: &str| {
        let text = wrapped(text, look.width, 9, 9);
        format!("{} {text}", look.paint.styled(Style::Help, &format!("{head:<8}")))
    };
    let (accepted, notes): (Vec<&Finding>, Vec<&Finding>) =
        notes.iter().partition(|finding| finding.accepted.is_some());
    let mut lines: Vec<String> = accepted
        .iter()
        .filter_map(|finding| Some((finding, finding.accepted.as_ref()?)))
        .map(|(finding, accepted)| {
            line(
                "accepted",
                &format!("{}: {} [{}]: {}", finding.path, finding.message, finding.id, accepted.text()),
            )
        })
        .collect();
    if notes.len() <= MAX_NOTES {
        let told = notes.iter().map(|it| line("note", &format!("{}: {} [{}]", it.path, it.message, it.id)));
        lines.extend(told);
        return Some(lines.join("\n"));
    }
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for note in &notes {
        match kinds.iter_mut().find(|(id, _)| *id == note.id) {
            Some((_, count)) => *count += 1,
            None => kinds.push((&note.id, 1)),
        }
    }
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let kinds: Vec<String> = kinds.iter().map(|(id, count)| format!("{count} {id}")).collect();
    lines.push(line("notes", &format!("{}; `--verbose` tells each", kinds.join(", "))));
    Some(lines.join("\n"))
}

fn verdicts(document: &Document, look: &Look) -> String {
    let changed = |package: &&Package| {
        let versions = package.old_version != package.new_version;
        versions || document.findings.iter().any(|it| it.package == package.name) || package.needed.is_some()
    };
    let (changed, same): (Vec<&Package>, Vec<&Package>) = document.packages.iter().partition(changed);
    let mut lines = Vec::new();
    let verdict = |style, text: &str| {
        let text = wrapped(text, look.width, 9, 9);
        format!("{} {text}", look.paint.styled(style, "verdict "))
    };
    for package in changed {
        let style = if package.acceptable { Style::Help } else { Style::Error };
        lines.push(verdict(style, &format!("{}: {}", package.name, package.verdict)));
    }
    let against = format!("{} against {}", document.new.description, document.old.description);
    match (&same[..], lines.is_empty()) {
        ([], _) => {}
        (_, true) => return wrapped(&format!("no difference: {against}"), look.width, 0, 9),
        ([only], _) => lines.push(verdict(Style::Help, &format!("{}: no difference", only.name))),
        (same, _) => {
            lines.push(verdict(Style::Help, &format!("{} more packages: no difference", same.len())));
        }
    }
    lines.push(format!(
        "{} {}",
        look.paint.styled(Style::Help, "compared"),
        wrapped(&against, look.width, 9, 9)
    ));
    if document.outcome == Outcome::Undecided {
        lines.push(verdict(Style::Error, "undecided, as there are changes that no rule knows"));
    }
    lines.join("\n")
}
