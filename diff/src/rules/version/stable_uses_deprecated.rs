//! Something stable newly uses something deprecated.

use std::collections::HashSet;

use lymph_idl::model::Meta;

use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::uses::uses;
use crate::verdict::PackageChange;

pub(super) const RULE: Rule = Rule {
    id: "stable-uses-deprecated",
    summary: "something stable newly uses something deprecated",
    message: "`{name}` newly uses `{old}`, which is deprecated",
    notes: Pair::new("", "uses `{old}`"),
    because: "",
    explanation: "What is deprecated leaves with the next major. What newly uses it has to leave with it, or to be changed.",
    example: Pair::new(
        "@deprecated(1.0) struct Draft { text: string }\nstruct Page { text: string }",
        "@deprecated(1.0) struct Draft { text: string }\nstruct Page { text: string, draft: Draft? }",
    ),
    fix: "use what took the place of `{old}`",
    migration: "Use what the deprecation names in its place.",
    consequence: Consequence::Promise { level: Level::Warning },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let found = package.schemas.zip(package.packages).map(|(schema, package)| {
        let mut uses = uses(schema, package);
        uses.retain(|it| !is_deprecated(it.user) && is_deprecated(it.used));
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

fn is_deprecated(meta: &Meta) -> bool {
    meta.deprecated.is_some()
}
