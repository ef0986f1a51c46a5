//! The version was raised, but not far enough.

use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::verdict::{Declared, PackageChange, raised};

pub(super) const RULE: Rule = Rule {
    id: "bump-too-small",
    summary: "the version was raised, but not far enough",
    message: "the changes need {old}, and the version was raised to {new} only",
    notes: Pair::new("", "too small a step"),
    because: "",
    explanation: "Callers ask discovery for the version that brought what they call, down to the minor number: what comes with a patch release, they cannot ask for.",
    example: Pair::new(
        "package example @ 1.4.0;\nstruct Page { limit: u16 }",
        "package example @ 1.4.1;\nstruct Page { limit: u16, offset: u16? }",
    ),
    fix: "make it {old}",
    migration: "Additions come with a minor release, everything that hurts somebody with a major one.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let (Declared::Raised(_), Some(needed)) = (package.declared, package.needed) else { return };
    if !package.declared.covers(needed) && !package.has_errors {
        let versions = package.packages.map(|package| package.version.value);
        sink.here(Pair::new(raised(versions.old, needed).to_string(), versions.new.to_string()));
    }
}
