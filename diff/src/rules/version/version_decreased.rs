//! The version is lower than it was.

use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::verdict::{Declared, PackageChange};

pub(super) const RULE: Rule = Rule {
    id: "version-decreased",
    summary: "the version is lower than it was",
    message: "the version went back from {old} to {new}",
    notes: Pair::new("", "lower"),
    because: "",
    explanation: "Instances that run the old version are taken for newer than those of the new one, and callers that ask for what both have pick either. Versions only ever grow.",
    example: Pair::new(
        "package example @ 1.4.0;\nstruct Page { limit: u16 }",
        "package example @ 1.3.0;\nstruct Page { limit: u16 }",
    ),
    fix: "restore {old}, or raise it",
    migration: "To take a release back, release its predecessor again under a new version.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    if package.declared == Declared::Lowered {
        sink.here(package.packages.map(|package| package.version.value.to_string()));
    }
}
