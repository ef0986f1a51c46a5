//! What a team tolerates.

use std::collections::{BTreeMap, BTreeSet};

use lymph_idl::{Schema, Version};

use crate::effect::{Bump, Effect, Step};
use crate::finding::{Acceptance, Finding};
use crate::position::{Cell, Matrix, Position};
use crate::rule::{Consequence, Level};

/// What a team tolerates.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What is looked at.
    pub tier: Tier,
    /// Which ways of events are promised.
    pub events: EventPolicy,
    /// What is said of single rules, by their ids with or without a position.
    pub rules: BTreeMap<String, Override>,
    /// The version step that a change of an attribute of the user's own needs, by its dotted name.
    pub annotations: BTreeMap<String, Bump>,
    /// Findings that are meant, by fingerprint.
    pub accepted: BTreeMap<String, Acceptance>,
    /// Those that were meant up to a version that is behind, by fingerprint.
    pub expired: BTreeMap<String, Acceptance>,
    /// Those that were meant and went out with a release: they count for whoever compares across it.
    pub went_out: Vec<WentOut>,
    /// Releases that are out, as they were.
    pub released: Vec<Schema>,
}

/// A finding that was meant when a release went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WentOut {
    /// The package that was released.
    pub package: String,
    /// The version that was released.
    pub version: Version,
    /// What the finding is known by.
    pub fingerprint: String,
    /// Why it was meant.
    pub acceptance: Acceptance,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tier {
    /// What travels.
    #[default]
    Wire,
    /// Also whether code has to be edited when it is built again: such a change needs a major.
    Source,
    /// Also warnings are errors.
    Strict,
}

/// What is said of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Override {
    /// Instead of what follows from the versions.
    pub level: Option<Level>,
    /// Instead of the rule's own.
    pub bump: Option<Bump>,
}

/// Which ways of events are promised, in the words of schema registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPolicy {
    /// New consumers read what old producers emit.
    pub backward: bool,
    /// Old consumers read what new producers emit.
    pub forward: bool,
    /// Not only of the version before, but of every one.
    pub transitive: bool,
}

impl Default for EventPolicy {
    /// `full-transitive`.
    fn default() -> Self {
        Self { backward: true, forward: true, transitive: true }
    }
}

impl EventPolicy {
    /// The names that [`EventPolicy::from_name`] knows.
    pub const NAMES: [&str; 6] =
        ["backward", "backward-transitive", "forward", "forward-transitive", "full", "full-transitive"];

    /// By the name that schema registries use.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (ways, transitive) = match name.strip_suffix("-transitive") {
            Some(ways) => (ways, true),
            None => (name, false),
        };
        let (backward, forward) = match ways {
            "backward" => (true, false),
            "forward" => (false, true),
            "full" => (true, true),
            _ => return None,
        };
        Some(Self { backward, forward, transitive })
    }

    /// Whether a change of a value breaks a promise.
    fn forbids(self, matrix: &Matrix) -> bool {
        let hurts = |cell: Option<Cell>| cell.is_some_and(|cell| cell.effect > Effect::Fine);
        (self.backward && hurts(matrix.new_consumer)) || (self.forward && hurts(matrix.old_consumer))
    }
}

/// An acceptance that accepts nothing, with its fingerprint.
#[derive(Debug)]
pub enum Left<'a> {
    /// Nothing like it is found.
    Stale(&'a str, &'a Acceptance),
    /// The last version that it counts for is behind.
    Expired(&'a str, &'a Acceptance),
}

impl Policy {
    /// The acceptances that accept none of the findings with these fingerprints, of which the releases that
    /// are out know nothing either: what was merged is meant until it is released. `unreleased` finds those
    /// findings, and is asked only when it matters.
    pub(crate) fn left(
        &self,
        told: &BTreeSet<&str>,
        unreleased: impl FnOnce() -> Vec<Finding>,
    ) -> Vec<Left<'_>> {
        let unused = self.accepted.iter().filter(|(fingerprint, _)| !told.contains(fingerprint.as_str()));
        let mut stale: Vec<_> = unused.collect();
        if !stale.is_empty() {
            let unreleased = unreleased();
            stale.retain(|(fingerprint, _)| unreleased.iter().all(|it| it.fingerprint != **fingerprint));
        }
        let expired = self.expired.iter();
        stale
            .into_iter()
            .map(|(fingerprint, acceptance)| Left::Stale(fingerprint, acceptance))
            .chain(expired.map(|(fingerprint, acceptance)| Left::Expired(fingerprint, acceptance)))
            .collect()
    }

    /// Replaces the steps of a finding by those that the policy asks for.
    pub(crate) fn adjust(&self, finding: &mut Finding) {
        for reached in &mut finding.uses {
            let spared = reached.position == Position::Event
                && reached.step.bump == Bump::NewEvent
                && !self.events.forbids(&reached.matrix);
            if spared {
                reached.step = Step { bump: Bump::Minor, warns: true };
            }
            if let Some(bump) = self.said_of(&reached.id, finding.rule.id).and_then(|it| it.bump) {
                reached.step.bump = bump;
            }
        }
        if let Some(heaviest) = finding.heaviest() {
            (finding.id, finding.step) = (heaviest.id.clone(), Some(heaviest.step));
        } else if let Some(step) = &mut finding.step {
            let annotation = finding.path.rsplit_once(".@").and_then(|(_, name)| self.annotations.get(name));
            let said = self.said_of(&finding.id, finding.rule.id).and_then(|it| it.bump);
            step.bump = said.or(annotation.copied()).unwrap_or(step.bump);
        }
        finding.accepted = self.accepted.get(&finding.fingerprint).cloned();
    }

    /// Gives a finding its level; `is_covered` says whether the declared versions tell of it, and
    /// `is_major` whether they announce that everything may be different.
    pub(crate) fn judge(&self, finding: &mut Finding, is_covered: bool, is_major: bool) {
        let mut level = match (finding.rule.consequence, finding.step) {
            (Consequence::Promise { level }, _) => level,
            // That a minor step is missing is said once, of the version.
            (_, Some(step)) if !is_covered && step.bump > Bump::Minor => Level::Error,
            (_, Some(step)) if step.warns => Level::Warning,
            _ => Level::Note,
        };
        let edits = !finding.rule.edits.is_empty();
        match self.tier {
            Tier::Wire => {}
            Tier::Source if edits && !is_major => level = Level::Error,
            Tier::Source => {}
            Tier::Strict if level == Level::Warning => level = Level::Error,
            Tier::Strict => {}
        }
        if let Some(said) = self.said_of(&finding.id, finding.rule.id).and_then(|it| it.level) {
            level = said;
        }
        finding.level = if finding.accepted.is_some() { Level::Note } else { level };
    }

    /// What is said of a rule: with the position before it, else of it everywhere.
    fn said_of(&self, id: &str, rule: &str) -> Option<&Override> {
        self.rules.get(id).or_else(|| self.rules.get(rule))
    }
}
