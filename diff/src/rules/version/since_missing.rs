//! Something is new and does not say since when.

use std::collections::HashSet;

use lymph_idl::Schema;
use lymph_idl::model::{Package, Since};

use crate::metas::{Member, members};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
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
    let mut known: HashSet<String> = members(package.schemas.old, old).iter().map(|it| it.path()).collect();
    // Interfaces and events are known by their names alone, whichever package holds them.
    let others = package.schemas.old.packages.iter().filter(|other| other.name.value != old.name.value);
    known.extend(others.flat_map(|other| shared(package.schemas.old, other)));
    for member in members(package.schemas.new, new) {
        let since = match member.meta.since.as_ref().map(|since| since.value) {
            Some(Since::Next) => continue,
            Some(Since::Version(since)) if since > old.version.value => continue,
            since => since,
        };
        let former = member.meta.was.iter().map(|was| match &member.owner {
            Some(owner) => format!("{owner}.{}", was.value),
            None => was.value.clone(),
        });
        let is_known = known.contains(&member.path()) || former.into_iter().any(|path| known.contains(&path));
        // What holds it is new as well, and says so or is told of itself.
        let is_inside_new = member.owner.as_ref().is_some_and(|owner| !known.contains(owner));
        if !is_known && !is_inside_new {
            sink.elsewhere(
                member.owner.as_deref().unwrap_or_default(),
                &member.meta.wire,
                Pair::new(None, Some(member.meta.span)),
                Pair::new(crate::since::text(since), String::new()),
            );
        }
    }
}

/// Interfaces and events of a package with what they hold.
fn shared(schema: &Schema, package: &Package) -> Vec<String> {
    let interfaces = package.interfaces.iter().map(|interface| &*interface.meta.wire);
    let events = package.events.iter().map(|id| &*schema.event(*id).meta.wire);
    let names: Vec<&str> = interfaces.chain(events).collect();
    let is_inside = |path: &str| {
        let rest = |name: &&str| path.strip_prefix(*name);
        names.iter().filter_map(rest).any(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    members(schema, package).iter().map(Member::path).filter(|path| is_inside(path)).collect()
}
