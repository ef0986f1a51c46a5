//! What the version before survives, an older one does not.

use crate::history::{OldBreak, Seen};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "transitive-break",
    summary: "what the version before survives, an older one does not",
    message: "compared with {old} this is `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Instances of every version of a major may run at the same time, and events wait in queues for longer than that. A change can be harmless against the version before and still hurt an older one: here 1.0 required `rooms`, 1.1 filled it in, and 1.2 may leave it out, which 1.0 cannot read.",
    example: Pair::new(
        "package example @ 1.1.0;\nevent moved { rooms: u8 = 1 }",
        "package example @ 1.2.0;\nevent moved { rooms: u8? }",
    ),
    fix: "undo it, or wait for the next major",
    migration: "Keep defaults and former names for as long as the major lives.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::History(check),
};

fn check(found: &OldBreak, sink: &mut Sink<'_, '_>) {
    if found.seen == Seen::Older {
        let (owner, name) = found.finding.path.rsplit_once('.').unwrap_or(("", &found.finding.path));
        let spans = Pair::new(None, found.finding.spans.new);
        sink.elsewhere(owner, name, spans, Pair::new(found.version.to_string(), found.finding.id.clone()));
    }
}
