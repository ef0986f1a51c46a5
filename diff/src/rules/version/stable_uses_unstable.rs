//! Something stable newly uses something unstable.

use std::collections::HashSet;

use lymph_idl::model::Meta;

use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::uses::uses;
use crate::verdict::PackageChange;

pub(super) const RULE: Rule = Rule {
    id: "stable-uses-unstable",
    summary: "something stable newly uses something unstable",
    message: "`{name}` newly uses `{old}`, which is unstable",
    notes: Pair::new("", "uses `{old}`"),
    because: "",
    explanation: "What is stable promises not to change within a major, and `{old}` makes no such promise: whoever relies on `{name}` relies on both.",
    example: Pair::new(
        "@unstable struct Draft { text: string }\nstruct Page { text: string }",
        "@unstable struct Draft { text: string }\nstruct Page { text: string, draft: Draft? }",
    ),
    fix: "mark `{name}` `@unstable`, or take `@unstable` from `{old}`",
    migration: "Take `@unstable` from a type before something stable uses it.",
    consequence: Consequence::Promise { level: Level::Warning },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let found = package.schemas.zip(package.packages).map(|(schema, package)| {
        let mut uses = uses(schema, package);
        uses.retain(|it| !is_unstable(it.user) && is_unstable(it.used));
        uses
    });
    let known: HashSet<(&str, &str)> =
        found.old.iter().map(|old| (&*old.path, &*old.used.name.value)).collect();
    for it in &found.new {
        if !known.contains(&(&*it.path, &*it.used.name.value)) {
            let spans = Pair::new(None, Some(it.user.span));
            let (owner, name) = it.path.rsplit_once('.').unwrap_or(("", &it.path));
            sink.elsewhere(owner, name, spans, Pair::new(it.used.name.value.as_str(), ""));
        }
    }
}

fn is_unstable(meta: &Meta) -> bool {
    meta.unstable
}
