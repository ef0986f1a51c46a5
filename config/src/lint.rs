//! `[lint]`.

use crate::level::Level;
use crate::read::Placed;

/// How much the rules of `lymph-idl lint` matter.
#[derive(Debug, Clone, Default)]
pub struct Lint {
    /// The level of every rule that is on by default and not in `rules`.
    pub level: Option<Level>,
    /// `[lint.rules]`, in the order of the file. Whether there are such rules is not known here.
    pub rules: Vec<RuleLevel>,
}

/// One line of a table of rules: `"docs-missing" = "deny"`.
#[derive(Debug, Clone)]
pub struct RuleLevel {
    /// The rule's id, with its place for an error about it.
    pub id: Placed<String>,
    /// How much it matters.
    pub level: Level,
}
