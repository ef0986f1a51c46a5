//! A release that is out says something else now.

use crate::history::{OldBreak, Seen};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "released-slice-changed",
    summary: "a release that is out says something else now",
    message: "release {old} is out, and `{name}` differs from it (`{new}`)",
    notes: Pair::new("", ""),
    because: "",
    explanation: "`lymph.lock` holds what was released. Slices of the schema at those versions must still be what they were, as somebody runs them. What is compatible may be refined; nothing may come, go, or break.",
    example: Pair::new(
        "package example @ 1.4.0;
struct Page { limit: u16 }",
        "package example @ 1.5.0;
struct Page { limit: u16, offset: u16? }",
    ),
    fix: "restore it, or mark what is new `@since(next)`",
    migration: "Change what is released only in ways that `lymph-idl diff` finds compatible.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::History(check),
};

fn check(found: &OldBreak, sink: &mut Sink<'_, '_>) {
    if found.seen == Seen::Release {
        let (owner, name) = found.finding.path.rsplit_once('.').unwrap_or(("", &found.finding.path));
        let spans = Pair::new(None, found.finding.spans.new);
        sink.elsewhere(owner, name, spans, Pair::new(found.version.to_string(), found.finding.id.clone()));
    }
}
