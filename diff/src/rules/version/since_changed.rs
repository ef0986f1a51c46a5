//! A member says that it came with another version than before.

use lymph_idl::model::{Meta, Since};

use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::since;
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "since-changed",
    summary: "a member says that it came with another version than before",
    message: "`{name}` came with {old}, and now says {new}",
    notes: Pair::new("", "another version"),
    because: "",
    explanation: "Callers ask discovery for the version that brought what they call. When a member moves to an earlier version, they find instances that do not have it; when it moves to a later one, they refuse instances that do. It also rewrites a release that is out.",
    example: Pair::new(
        "package example @ 1.4.0;\nstruct Page { limit: u16, @since(1.2) offset: u16? }",
        "package example @ 1.4.1;\nstruct Page { limit: u16, @since(1.3) offset: u16? }",
    ),
    fix: "restore {old}",
    migration: "A released member keeps the version it came with.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    let sinces = metas.map(|meta| meta.since.as_ref().map(|since| since.value));
    if sinces.differs() && sinces.old != Some(Since::Next) {
        sink.here(sinces.map(since::text));
    }
}
