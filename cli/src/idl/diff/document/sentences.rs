//! What the document says in words.

use lymph_diff::{Bump, Counts, Finding, Order, Pair, Role, Told, Verdict, raised};
use lymph_idl::Version;

use super::{Versions, Way};

/// What a package's version has to do with its changes, which are `findings`; without the package's name.
pub(super) fn verdict(verdict: &Verdict, findings: &[&Finding]) -> String {
    let counts = counts(&verdict.counts);
    let Pair { old: Some(old), new: Some(new) } = verdict.versions else {
        return match (verdict.versions.old, verdict.versions.new) {
            (Some(old), _) => format!("gone, was {old}{counts}"),
            (_, Some(new)) => format!("new at {new}{counts}"),
            (None, None) => format!("on neither side{counts}"),
        };
    };
    let declared = if old == new { format!("still {old}") } else { format!("declared {old} → {new}") };
    let Some(needed) = verdict.needed else {
        return match (old == new && findings.is_empty(), verdict.is_acceptable) {
            (true, _) => format!("still {old}, no difference"),
            (false, false) if old == new => format!("{declared}, as it can be, but there are errors"),
            (false, false) => format!("{declared}, which cannot be"),
            (false, true) if old == new => format!("{declared}, as it can be"),
            (false, true) => match verdict.told {
                Told { accepted: Some(_), .. } => format!("{declared}, for what was accepted"),
                Told { merged: Some(_), .. } => {
                    format!("{declared}, for what changed since the last release")
                }
                Told { accepted: None, merged: None } => format!("{declared}, though nothing needs it"),
            },
        };
    };
    let version = raised(old, needed);
    if verdict.is_acceptable {
        return match needed {
            _ if new == version => format!("{declared}, as it should be{counts}"),
            _ if new > version => format!("{declared}, which covers what needs {version}{counts}"),
            Bump::Patch => format!("{declared}, and nothing on the wire changed{counts}"),
            _ => format!("{declared}, and will be {version} with its release{counts}"),
        };
    }
    let mut needs = Vec::new();
    let covered = findings.iter().filter_map(|it| it.bump()).filter(|bump| *bump != Bump::NewEvent).max();
    if let Some(version) = covered.map(|bump| raised(old, bump)).filter(|version| *version > new) {
        needs.push(version.to_string());
    }
    let events = new_names(findings.iter().copied());
    if !events.is_empty() {
        needs.push(format!("a new name for {}", events.join(", ")));
    }
    match needs.is_empty() {
        true => format!("{declared}, which would do, but there are errors{counts}"),
        false => format!("{declared}, but this needs {}{counts}", needs.join(" and ")),
    }
}

/// The events and handlers that need a new name.
fn new_names<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for finding in findings.filter(|it| it.accepted.is_none() && it.bump() == Some(Bump::NewEvent)) {
        let uses = finding.uses.iter().filter(|it| it.step.bump == Bump::NewEvent);
        let events = uses.flat_map(|it| &it.operations).map(|event| format!("`{event}`"));
        let mut needy: Vec<String> = events.collect();
        if needy.is_empty() {
            needy.push(match handler(finding) {
                Some((interface, handler)) => format!("handler `{handler}` of `{interface}`"),
                None => format!("`{}`", finding.path.split([' ', '(']).next().unwrap_or_default()),
            });
        }
        for name in needy {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The interface and the handler that a finding is about: what is wrong then is the queue, not the event.
fn handler(finding: &Finding) -> Option<(&str, &str)> {
    finding.path.split_once(" on ").filter(|_| finding.uses.is_empty())
}

/// ` (1 major, 3 minor, 1 source)`, or nothing.
fn counts(counts: &Counts) -> String {
    let Counts { new_event, major, minor, patch, source } = *counts;
    let named =
        [(new_event, "new name"), (major, "major"), (minor, "minor"), (patch, "patch"), (source, "source")];
    let named: Vec<String> =
        named.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
}

/// In which order instances have to be replaced.
pub(super) fn rollout(finding: &Finding) -> String {
    let calls = match finding.rollout.calls {
        Order::Any => None,
        Order::First(first) => {
            let then = if first == Role::Client { Role::Server } else { Role::Client };
            Some(in_turn(finding, first, then))
        }
        Order::None => Some("no order works: clients and servers of both versions must not meet".to_owned()),
    };
    let events = match finding.rollout.events {
        Order::Any => None,
        Order::First(first) => {
            let then = if first == Role::Consumer { Role::Producer } else { Role::Consumer };
            Some(in_turn(finding, first, then))
        }
        Order::None if handler(finding).is_some() => Some(
            "no order works: add a handler beside it, with a queue of its own, and let the old one run empty"
                .to_owned(),
        ),
        Order::None => Some(
            "no order works: emit a new event beside the old one until nobody hears the old one".to_owned(),
        ),
    };
    match (calls, events) {
        (None, None) => "any order".to_owned(),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(calls), Some(events)) => format!("{calls}; {events}"),
    }
}

/// "writers-first: every client before any server".
fn in_turn(finding: &Finding, first: Role, then: Role) -> String {
    let roles = finding.uses.iter().map(|it| it.position.roles());
    let mut roles = roles.filter(|(writer, reader)| [writer, reader].contains(&&first)).peekable();
    let name = match roles.peek() {
        None => first.plural(),
        Some(_) => {
            let writes: Vec<bool> = roles.map(|(writer, _)| writer == first).collect();
            match (writes.iter().all(|it| *it), writes.iter().any(|it| *it)) {
                (true, _) => "writers",
                (_, false) => "readers",
                // In one place they write it and in another they read it.
                _ => first.plural(),
            }
        }
    };
    format!("{name}-first: every {} before any {}", first.singular(), then.singular())
}

/// `clients 1.0–1.4 → this server`; without versions `old clients → this server`.
pub(in crate::idl::diff) fn who(way: Way, versions: &[Versions]) -> String {
    let old = |role: Role| {
        let ranges: Vec<String> = versions.iter().map(range).collect();
        match ranges.is_empty() {
            true => format!("old {}", role.plural()),
            false => format!("{} {}", role.plural(), ranges.join(", ")),
        }
    };
    let new = |role: Role| format!("this {}", role.singular());
    match way {
        Way::OldClientNewServer => format!("{} → {}", old(Role::Client), new(Role::Server)),
        Way::NewClientOldServer => format!("{} → {}", new(Role::Client), old(Role::Server)),
        Way::OldConsumerNewProducer => format!("{} ← {}", old(Role::Consumer), new(Role::Producer)),
        Way::NewConsumerOldProducer => format!("{} ← {}", new(Role::Consumer), old(Role::Producer)),
    }
}

fn range(versions: &Versions) -> String {
    match versions.first == versions.last {
        true => short(&versions.first),
        false => format!("{}–{}", short(&versions.first), short(&versions.last)),
    }
}

/// Without a patch that is 0, as `@since` is written.
fn short(version: &str) -> String {
    match version.parse() {
        Ok(Version { major, minor, patch: 0 }) => format!("{major}.{minor}"),
        _ => version.to_owned(),
    }
}
