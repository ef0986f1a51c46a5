//! Everything that a schema tool can say about a schema, by its id: rules of `lint`, rules of `diff`, errors of
//! `check`.

use lymph_idl::did_you_mean;

use super::diff::{Direction, directions};
use crate::output::Trouble;

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Lint,
    Diff,
    Check,
}

impl Source {
    /// The command.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Diff => "diff",
            Self::Check => "check",
        }
    }
}

/// A rule or an error.
pub(super) struct Entry {
    pub source: Source,
    pub id: &'static str,
    /// Other ids under which it is told.
    pub told_as: Vec<String>,
    /// How much it matters by default.
    pub level: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Sentences, in paragraphs that blank lines divide.
    pub explanation: String,
    /// Titles and schemas.
    pub examples: Vec<(&'static str, &'static str)>,
    /// Of `diff`: what it means wherever an old and a new version meet.
    pub directions: Vec<Direction>,
    /// Whether `lint --fix` repairs it.
    pub fixable: bool,
}

/// Every entry, by source.
pub(super) fn entries() -> Vec<Entry> {
    [lint_rules(), diff_rules(), errors()].into_iter().flatten().collect()
}

/// The entry with an id.
///
/// # Errors
///
/// [`Trouble`] with the nearest id when there is none.
pub(super) fn entry(id: &str) -> Result<Entry, Trouble> {
    let id = id.strip_prefix("lymph::").unwrap_or(id);
    let all = entries();
    let ids = all.iter().flat_map(|entry| entry.told_as.iter().map(String::as_str).chain([entry.id]));
    let help = did_you_mean(id, ids).unwrap_or_else(|| "`lymph-idl rules` lists them all".to_owned());
    all.into_iter()
        .find(|entry| entry.id == id || entry.told_as.iter().any(|other| other == id))
        .ok_or_else(|| Trouble::new(format!("no rule or error is called `{id}`")).help(help))
}

fn lint_rules() -> Vec<Entry> {
    let rules = lymph_lint::RULES.iter().map(|rule| Entry {
        source: Source::Lint,
        id: rule.id,
        told_as: Vec::new(),
        level: rule.level.name(),
        summary: rule.summary,
        explanation: rule.explanation.to_owned(),
        examples: vec![("found in", rule.examples.bad), ("not in", rule.examples.good)],
        directions: Vec::new(),
        fixable: rule.fixable,
    });
    rules.collect()
}

fn diff_rules() -> Vec<Entry> {
    let rules = lymph_diff::RULES.iter().map(|rule| Entry {
        source: Source::Diff,
        id: rule.id,
        told_as: rule.ids().filter(|id| id != rule.id).collect(),
        // How much it matters follows from where it is found and from the versions.
        level: "depends",
        summary: rule.summary,
        explanation: format!("{}\n\n{}", rule.explanation, rule.migration),
        examples: vec![("old", rule.example.old), ("new", rule.example.new)],
        directions: directions(rule),
        fixable: false,
    });
    rules.collect()
}

fn errors() -> Vec<Entry> {
    let errors = lymph_idl::ERROR_CODES.iter().map(|code| Entry {
        source: Source::Check,
        id: code.id,
        told_as: Vec::new(),
        level: "error",
        summary: code.summary,
        explanation: code.explanation.to_owned(),
        examples: code.example.map(|example| ("found in", example)).into_iter().collect(),
        directions: Vec::new(),
        fixable: false,
    });
    errors.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_leads_to_its_own_entry() {
        let mut seen = BTreeSet::new();
        for one in entries() {
            for id in one.told_as.iter().map(String::as_str).chain([one.id]) {
                assert!(seen.insert(id.to_owned()), "`{id}` is there twice");
                let found = entry(id).ok().map(|found| (found.source, found.id));
                assert_eq!(found, Some((one.source, one.id)), "{id}");
            }
        }
    }

    #[test]
    fn entries_say_what_they_are() {
        for entry in entries() {
            assert!(!entry.summary.is_empty() && !entry.explanation.is_empty(), "{}", entry.id);
            assert!(entry.examples.iter().all(|(_, schema)| !schema.is_empty()), "{}", entry.id);
        }
    }
}
