//! Something is new and does not say since when.

use std::collections::{HashMap, HashSet};

use lymph_idl::model::{Package, Since};

use crate::metas::{Member, members, of_event, of_interface};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::side::Side;
use crate::sink::Sink;
use crate::verdict::PackageChange;

pub(super) const RULE: Rule = Rule {
    id: "since-missing",
    summary: "something is new and does not say since when",
    message: "`{name}` is new, and says to be there since {old}",
    notes: Pair::new("", "new"),
    because: "",
    explanation: "Callers ask discovery for the version that brought what they call. A member without `@since` is taken to be as old as its owner, so new callers find instances that do not have it, and slices of older versions hold what they never had.",
    example: Pair::new(
        "package example @ 1.4.0;\nstruct Page { limit: u16 }",
        "package example @ 1.5.0;\nstruct Page { limit: u16, offset: u16? }",
    ),
    fix: "write `@since(next)` before it, or the version that it comes with",
    migration: "Mark everything that is added with `@since(next)`; `lymph-idl release` gives it its version.",
    consequence: Consequence::Promise { level: Level::Warning },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let Pair { old, new } = package.packages;
    if new.version.value >= old.version.value.next_breaking() {
        return;
    }
    let known: HashSet<String> = members(package.schemas.old, old).iter().map(|it| it.path()).collect();
    let mut elsewhere =
        Elsewhere { side: sink.scope().sides.old, package: &old.name.value, known: HashMap::new() };
    for member in members(package.schemas.new, new) {
        let since = match member.meta.since.as_ref().map(|since| since.value) {
            Some(Since::Next) => continue,
            Some(Since::Version(since)) if since > old.version.value => continue,
            since => since,
        };
        let shared = member.shared;
        let mut is_known =
            |shared: Option<&str>, path: &str| known.contains(path) || elsewhere.has(shared, path);
        // What holds it is new as well, and says so or is told of itself.
        let is_inside_new = member.owner.as_ref().is_some_and(|owner| !is_known(shared, owner));
        let mut former = member.meta.was.iter().map(|was| &*was.value);
        let mut was_known = |was: &str| match &member.owner {
            Some(owner) => is_known(shared, &format!("{owner}.{was}")),
            None => is_known(shared.map(|_| was), was),
        };
        if !is_inside_new && !former.any(&mut was_known) && !is_known(shared, &member.path()) {
            sink.elsewhere(
                member.owner.as_deref().unwrap_or_default(),
                &member.meta.wire,
                Pair::new(None, Some(member.meta.span)),
                Pair::new(crate::since::text(since), String::new()),
            );
        }
    }
}

/// What other packages of the old side have: interfaces and events are known by their names alone, whichever
/// package holds them.
struct Elsewhere<'a> {
    side: &'a Side<'a>,
    /// The package that is not another one.
    package: &'a str,
    /// By interface or event the paths of what it holds, as far as somebody asked.
    known: HashMap<String, HashSet<String>>,
}

impl Elsewhere<'_> {
    /// Whether another package has what `path` says of the interface or event `shared`.
    fn has(&mut self, shared: Option<&str>, path: &str) -> bool {
        let Some(shared) = shared else { return false };
        if !self.known.contains_key(shared) {
            self.known.insert(shared.to_owned(), self.paths(shared));
        }
        self.known[shared].contains(path)
    }

    fn paths(&self, shared: &str) -> HashSet<String> {
        let Self { side, package, .. } = self;
        let is_other = |other: &&&Package| other.name.value != *package;
        let mut found = Vec::new();
        for other in side.with_interface(shared).iter().filter(is_other) {
            let interfaces = other.interfaces.iter().filter(|it| it.meta.wire == shared);
            interfaces.for_each(|interface| of_interface(interface, &mut found));
        }
        for other in side.with_event(shared).iter().filter(is_other) {
            let events = other.events.iter().map(|id| side.schema.event(*id));
            events.filter(|it| it.meta.wire == shared).for_each(|event| of_event(event, &mut found));
        }
        found.iter().map(Member::path).collect()
    }
}
