//! The schema changed and its version did not.

use crate::effect::Bump;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::verdict::{Declared, PackageChange, raised};

pub(super) const RULE: Rule = Rule {
    id: "version-not-bumped",
    summary: "the schema changed and its version did not",
    message: "the version is still {old}, but the changes need {new}",
    notes: Pair::new("", "unchanged"),
    because: "",
    explanation: "Callers ask discovery for the version that brought what they call. When two schemas carry one \
                  version, they find instances that do not have it.",
    example: Pair::new("struct Page { limit: u16 }", "struct Page { limit: u16, offset: u16? }"),
    fix: "raise the version to {new}, or mark what is new `@since(next)` and release later",
    migration: "Mark additions `@since(next)` while you work; `lymph-idl release` gives them their version.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let (Declared::Unchanged { .. }, Some(needed)) = (package.declared, package.needed) else { return };
    if needed > Bump::Patch && !package.declared.covers(needed) && !package.has_errors {
        let version = package.packages.old.version.value;
        sink.here(Pair::new(version.to_string(), raised(version, needed).to_string()));
    }
}
