//! A package has another name, which nobody sends.

use crate::effect::{Edit, Effect, MINOR};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "package-renamed",
    summary: "a package has another name",
    message: "package `{old}` is now `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Interfaces register under their own names and events travel under theirs; the name \
                  of a package stays in schemas and in code. What changes is every `use` line and \
                  every path to the generated module.",
    example: Pair::new(
        "package maps.geo @ 1.0.0;\ninterface Geo { rpc locate(); }",
        "package maps.places @ 1.1.0;\ninterface Geo { rpc locate(); }",
    ),
    fix: "nothing breaks on the wire; change the `use` lines of those who import it",
    migration: "Rename it in one change with everything that imports it: schemas of other repositories \
                no longer resolve until they name the new package.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[Edit::Server, Edit::Client, Edit::Producer, Edit::Consumer],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    if let Pair { old: Some(old), new: Some(new) } = members.packages
        && old.name.value != new.name.value
    {
        sink.here(Pair::new(&*old.name.value, &*new.name.value));
    }
}
