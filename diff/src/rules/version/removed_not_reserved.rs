//! A name is free to be used again for something else.

use std::collections::HashMap;

use crate::metas::{Reserving, reserving};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::verdict::PackageChange;

pub(super) const RULE: Rule = Rule {
    id: "removed-not-reserved",
    summary: "a name was dropped without being reserved",
    message: "`{name}` was dropped and can be used again for something else",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Old peers still send the dropped name, and old data still holds it. If it comes back with another meaning, nobody is told that the two differ.",
    example: Pair::new("struct Page { limit: u16, offset: u16? }", "struct Page { limit: u16 }"),
    fix: "add `reserved \"{name}\";`",
    migration: "Reserve a name in the same change that drops it.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let sides = package.schemas.zip(package.packages).map(|(schema, package)| reserving(schema, package));
    let new: HashMap<&str, &Reserving<'_>> = sides.new.iter().map(|new| (new.name, new)).collect();
    for old in &sides.old {
        let Some(new) = new.get(old.name) else { continue };
        for dropped in &old.members {
            let is_there = |wire: &str| {
                new.members.iter().any(|it| it.wire == wire || it.was.iter().any(|was| was.value == wire))
            };
            let is_reserved = new.reserved.iter().any(|name| name.value == dropped.wire);
            if !is_there(&dropped.wire) && !is_reserved {
                sink.elsewhere(
                    old.name,
                    &dropped.wire,
                    Pair::new(Some(dropped.span), None),
                    Pair::new("", ""),
                );
            }
        }
    }
}
