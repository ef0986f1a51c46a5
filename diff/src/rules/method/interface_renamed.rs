//! An interface registers under another name.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::renames::is_renamed;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "interface-renamed",
    summary: "an interface registers under another name",
    message: "interface `{old}` is now `{new}`",
    notes: Pair::new("callers look for this name", "instances register under this one"),
    because: "nobody registers under the name that they look for",
    explanation: "Discovery knows an instance by the names of its interfaces, and each has one: `@was` \
                  on an interface keeps its history and registers nothing. Old callers find no \
                  instance of `{old}`, new callers none of `{new}` while old servers run, and neither \
                  call leaves its process.\n\n Queues are named after the interface too. Those of its \
                  handlers and tasks stay behind under the old name, still bound, and fill.",
    example: Pair::new(
        "interface Geo { rpc locate(place: string) -> string; }",
        "interface Places { rpc locate(place: string) -> string; }",
    ),
    fix: "restore the name, or keep it on the wire with `@wire(\"{old}\")`",
    migration: "To have another name in code only, write `@wire` with the old one. To leave the old \
                name, declare the new interface beside it, serve both, and remove the old one with the \
                next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, _: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    if is_renamed(interfaces.map(|interface| &interface.meta)) {
        sink.offered_instead(interfaces);
    }
}
