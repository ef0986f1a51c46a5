//! A declared type is new.

use crate::effect::{Effect, PATCH};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "type-added",
    summary: "a declared type is new",
    message: "type `{name}` is new",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Names of types do not travel. Where values of the type travel now, what that means is \
                  told there.",
    example: Pair::new(
        "struct Place { name: string }",
        "struct Place { name: string } struct Spare { id: uuid }",
    ),
    fix: "nothing has to be done; mark it `@since(next)`",
    migration: "Declare whatever helps, and mark it with the version it came with.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for declared in &members.types.added {
        let meta = &declared.meta;
        sink.declaration(&meta.name.value, Pair::new(None, Some(meta.span)), Pair::new("", ""));
    }
}
