//! A declared type that nothing uses any more is gone.

use crate::effect::{Edit, Effect, PATCH};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "type-removed-unreachable",
    summary: "a declared type that nothing uses any more is gone",
    message: "type `{name}` was removed, and nothing uses it",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Names of types do not travel. Where values of the type travelled before, what became of \
                  them is told there. Code that names the type does not build against the new schema.",
    example: Pair::new(
        "struct Place { name: string } struct Spare { id: uuid }",
        "struct Place { name: string }",
    ),
    fix: "nothing has to be done",
    migration: "Remove what nobody uses. Other packages that import the type find out when they are built.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: PATCH },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for declared in &members.types.removed {
        let meta = &declared.meta;
        sink.declaration(&meta.name.value, Pair::new(Some(meta.span), None), Pair::new("", ""));
    }
}
