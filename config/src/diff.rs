//! `[diff]`.

use crate::level::Level;
use crate::read::Placed;

/// What `lymph-idl diff` tolerates. Whether names mean anything is not known here.
#[derive(Debug, Clone, Default)]
pub struct Diff {
    /// `wire`, `source` or `strict`.
    pub policy: Option<Placed<String>>,
    /// The branch that changes are compared with.
    pub base: Option<String>,
    /// Which ways of events are promised, as `full-transitive`.
    pub events: Option<Placed<String>>,
    /// `[diff.rules]`, in the order of the file.
    pub rules: Vec<RuleChange>,
    /// `[diff.annotations]`, in the order of the file: the version step of a change, by dotted name.
    pub annotations: Vec<(Placed<String>, Placed<String>)>,
}

/// One line of `[diff.rules]`: `"timeout-shortened" = "deny"` or `= { level = "warn", bump = "major" }`.
#[derive(Debug, Clone)]
pub struct RuleChange {
    /// The rule's id, with its place for an error about it.
    pub id: Placed<String>,
    /// Instead of what follows from the versions.
    pub level: Option<Level>,
    /// Instead of the rule's own version step.
    pub bump: Option<Placed<String>>,
}
