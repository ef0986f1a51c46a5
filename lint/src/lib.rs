//! Rules for schemas that are right, but will trouble those who read, call or change them.
//!
//! ```
//! use lymph_idl::{Memory, Options, analyze};
//! use lymph_lint::{Levels, lint};
//!
//! let text = "//! Echoes.\npackage echo @ 1.0.0;\n/// Echoes.\ninterface Echo {\n    /// In capitals.\n    rpc upperCase(text: string) -> string;\n}\n";
//! let analysis = analyze(["echo.lymph"], &Options::default(), &Memory::new().file("echo.lymph", text));
//! let lints = lint(&analysis, &Levels::default());
//! assert_eq!(lints[0].rule.id, "member-name-case");
//! assert_eq!(lints[0].message, "method `upperCase` is not in lower_snake_case");
//! ```
//!
//! [`fix`](mod@fix) applies what can be repaired without a human.

mod constraints;
mod context;
mod edits;
mod finding;
pub mod fix;
mod levels;
mod render;
mod rule;
mod rules;
mod suppress;
mod words;
mod written;

use lymph_idl::Analysis;

pub use edits::apply;
pub use finding::{Edit, Fix, Lint};
pub use levels::{Levels, UnknownRule};
pub use lymph_config::Level;
pub use render::render;
pub use rule::{Examples, Rule};
pub use rules::{RULES, rule};

use context::Context;
use finding::Findings;

/// What the rules find in the packages that were asked for, by file and place. Of a schema with errors it finds
/// nothing: what it would say about names that mean nothing helps nobody.
#[must_use]
pub fn lint(analysis: &Analysis, levels: &Levels) -> Vec<Lint> {
    if !analysis.errors.is_empty() {
        return Vec::new();
    }
    let context = Context::new(analysis);
    let mut findings = Findings::default();
    for rule in RULES {
        findings.begin(rule, levels.of(rule));
        (rule.check)(&context, &mut findings);
    }
    let mut found = suppress::without_allowed(&context, levels, findings.into_lints());
    found.retain(|lint| lint.level > Level::Allow);
    found.sort_by_key(|lint| (lint.span, lint.rule.id));
    found
}
