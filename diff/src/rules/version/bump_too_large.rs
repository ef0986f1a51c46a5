//! The version was raised further than the changes ask for.

use crate::effect::Bump;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::verdict::{Declared, PackageChange, raised};

pub(super) const RULE: Rule = Rule {
    id: "bump-too-large",
    summary: "the version was raised further than the changes ask for",
    message: "{old} would do, and the version was raised to {new}",
    notes: Pair::new("", "a larger step than needed"),
    because: "",
    explanation: "A new major cuts callers of the old one off, whether anything broke or not: each has to be rebuilt. That can be meant, so this is only told.",
    example: Pair::new(
        "package example @ 1.4.0;\nstruct Page { limit: u16 }",
        "package example @ 2.0.0;\nstruct Page { limit: u16, offset: u16? }",
    ),
    fix: "make it {old}, unless the larger step is meant",
    migration: "Keep majors for changes that break somebody.",
    consequence: Consequence::Promise { level: Level::Note },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let Declared::Raised(declared) = package.declared else { return };
    let needed = package.needed.unwrap_or(Bump::Patch);
    let told = package.told.accepted.max(package.told.merged);
    if told.is_some_and(|told| declared <= told) {
        return;
    }
    if declared > needed && !package.has_errors {
        let versions = package.packages.map(|package| package.version.value);
        sink.here(Pair::new(raised(versions.old, needed).to_string(), versions.new.to_string()));
    }
}
