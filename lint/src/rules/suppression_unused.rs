//! `@lint.allow` that allows nothing.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(crate) const RULE: Rule = Rule {
    id: "suppression-unused",
    level: Level::Warn,
    summary: "`@lint.allow` stands where its rule finds nothing",
    explanation: "What it was for is gone, and the next one to get the same thing wrong will not be told. Those of \
                  rules that are off are left alone.",
    examples: examples!("suppression-unused"),
    fixable: true,
    check,
};

/// Nothing yet: which suppressions are unused shows when all other rules are done.
fn check(_: &Context<'_>, _: &mut Findings) {}
