//! What a rule is.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;

/// One thing that schemas should or should not do.
#[derive(Debug)]
pub struct Rule {
    /// Noun first, in kebab-case.
    pub id: &'static str,
    /// How much it matters unless `lymph.toml` or the command line say otherwise.
    pub level: Level,
    /// One line without a final stop: what it finds.
    pub summary: &'static str,
    /// Whole sentences: why it matters, and what to do instead.
    pub explanation: &'static str,
    /// A schema with such a finding, and one without.
    pub examples: Examples,
    /// Whether at least some of its findings can be repaired without a human.
    pub fixable: bool,
    pub(crate) check: fn(&Context<'_>, &mut Findings),
}

/// Whole schemas; the tests use the same ones.
#[derive(Debug)]
pub struct Examples {
    /// The rule finds something in it.
    pub bad: &'static str,
    /// No rule that is on by default finds anything in it.
    pub good: &'static str,
}

/// The examples of a rule: its fixtures.
macro_rules! examples {
    ($id:literal) => {
        $crate::rule::Examples {
            bad: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules/", $id, "/bad.lymph")),
            good: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules/", $id, "/good.lymph")),
        }
    };
}

pub(crate) use examples;
