//! A name may not be used again.

use std::collections::HashMap;

use crate::effect::{Effect, PATCH};
use crate::metas::{Reserving, reserving};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;
use crate::verdict::PackageChange;

pub(super) const RULE: Rule = Rule {
    id: "reserved-added",
    summary: "a name may not be used again",
    message: "`{name}` may not be used again",
    notes: Pair::new("", "reserved"),
    because: "",
    explanation: "A reserved name keeps anybody from giving it another meaning. Nothing travels.",
    example: Pair::new("struct Page { limit: u16 }", "struct Page { limit: u16, reserved \"offset\"; }"),
    fix: "nothing has to be done",
    migration: "Reserve a name in the same change that drops it.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Version(check),
};

fn check(package: &PackageChange<'_>, sink: &mut Sink<'_, '_>) {
    let sides = package.schemas.zip(package.packages).map(|(schema, package)| reserving(schema, package));
    let new: HashMap<&str, &Reserving<'_>> = sides.new.iter().map(|new| (new.name, new)).collect();
    for old in &sides.old {
        let added = new.get(old.name).into_iter().flat_map(|new| new.reserved);
        for name in added.filter(|name| old.reserved.iter().all(|it| it.value != name.value)) {
            sink.elsewhere(old.name, &name.value, Pair::new(None, Some(name.span)), Pair::new("", ""));
        }
    }
}
