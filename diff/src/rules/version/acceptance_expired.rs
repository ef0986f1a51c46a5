//! An acceptance is over.

use crate::pair::Pair;
use crate::policy::Left;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "acceptance-expired",
    summary: "an acceptance is over",
    message: "`{name}` was accepted until this version only ({old})",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Whoever accepted it said when it has to be looked at again: that is now.",
    example: Pair::new("interface Geo { rpc locate(); }", "interface Geo { rpc locate(); }"),
    fix: "undo the change, or accept it anew",
    migration: "Give an acceptance the version by which nobody uses the old schema any more.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Acceptance(check),
};

fn check(left: &Left<'_>, sink: &mut Sink<'_, '_>) {
    if let Left::Expired(fingerprint, acceptance) = left {
        let spans = sink.scope().packages.map(|package| package.map(|package| package.version.span));
        sink.elsewhere("", fingerprint, spans, Pair::new(acceptance.reason.as_str(), ""));
    }
}
