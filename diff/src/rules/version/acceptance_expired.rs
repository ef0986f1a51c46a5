//! An acceptance is over.

use crate::pair::Pair;
use crate::policy::Left;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "acceptance-expired",
    summary: "an acceptance is over",
    message: "`{name}` was accepted up to {new} only ({old})",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Whoever accepted it said up to which version it is meant, that one included. The package is beyond it, so somebody has to look at it again.",
    example: Pair::new("interface Geo { rpc locate(); }", "interface Geo { rpc locate(); }"),
    fix: "undo the change, or accept it anew",
    migration: "Give an acceptance the last version that it is for: mostly the one that you are about to release.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Acceptance(check),
};

fn check(left: &Left<'_>, sink: &mut Sink<'_, '_>) {
    if let Left::Expired(fingerprint, acceptance) = left {
        let until = acceptance.until.as_deref().unwrap_or_default();
        let spans = sink.scope().packages.map(|package| package.map(|package| package.version.span));
        sink.elsewhere("", fingerprint, spans, Pair::new(acceptance.reason.as_str(), until));
    }
}
