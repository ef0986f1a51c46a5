//! An acceptance has nothing left to accept.

use crate::pair::Pair;
use crate::policy::Left;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "acceptance-stale",
    summary: "an acceptance has nothing left to accept",
    message: "`{name}` is accepted ({old}), and nothing like it is found, here or since the last release",
    notes: Pair::new("", ""),
    because: "",
    explanation: "An acceptance is for one finding, until that is released. When it is gone before, the next one with the same fingerprint would pass unseen, so the entry has to go with it.",
    example: Pair::new("interface Geo { rpc locate(); }", "interface Geo { rpc locate(); }"),
    fix: "take `{name}` out of `lymph.accept.toml`",
    migration: "Take the entry out in the change that undoes what it accepts; a release does it by itself.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Acceptance(check),
};

fn check(left: &Left<'_>, sink: &mut Sink<'_, '_>) {
    if let Left::Stale(fingerprint, acceptance) = left {
        let spans = sink.scope().packages.map(|package| package.map(|package| package.version.span));
        sink.elsewhere("", fingerprint, spans, Pair::new(acceptance.reason.as_str(), ""));
    }
}
