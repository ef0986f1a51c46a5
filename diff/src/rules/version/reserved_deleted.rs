//! A name that was never to be used again is free.

use std::collections::HashMap;

use crate::metas::{Reserving, reserving};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;
use crate::verdict::PackageChange;

pub(super) const RULE: Rule = Rule {
    id: "reserved-deleted",
    summary: "a reserved name is free again",
    message: "`{name}` is no longer reserved",
    notes: Pair::new("never to be used again", ""),
    because: "",
    explanation: "A name is reserved since something of that name once travelled. Whoever uses it now with another meaning is misunderstood by the peers and the data of that time.",
    example: Pair::new("struct Page { limit: u16, reserved \"offset\"; }", "struct Page { limit: u16 }"),
    fix: "restore `reserved \"{name}\";`",
    migration: "Names stay reserved until the next major.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    if package.packages.new.version.value >= package.packages.old.version.value.next_breaking() {
        return;
    }
    let sides = package.schemas.zip(package.packages).map(|(schema, package)| reserving(schema, package));
    let new: HashMap<&str, &Reserving<'_>> = sides.new.iter().map(|new| (new.name, new)).collect();
    for old in &sides.old {
        let Some(new) = new.get(old.name) else { continue };
        for name in old.reserved {
            let is_kept = new.reserved.iter().any(|it| it.value == name.value);
            // Used again: a rule about shapes tells of it.
            let is_used = new.members.iter().any(|it| it.wire == name.value);
            if !is_kept && !is_used {
                sink.elsewhere(old.name, &name.value, Pair::new(Some(name.span), None), Pair::new("", ""));
            }
        }
    }
}
