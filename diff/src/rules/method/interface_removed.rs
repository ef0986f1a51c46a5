//! An interface that callers may still look for is gone.

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "interface-removed",
    summary: "an interface is gone",
    message: "interface `{name}` was removed",
    notes: Pair::new("callers may still look for it", ""),
    because: "no new instance registers `{name}`",
    explanation: "Old callers look the interface up and find only the instances that were not replaced \
                  yet, then none. Their calls end before anything is sent.\n\n Queues of its handlers \
                  and tasks stay at the broker, still bound, and fill until somebody deletes them.",
    example: Pair::new(
        "interface Geo { rpc locate(); }\ninterface Old { rpc find(); }",
        "interface Geo { rpc locate(); }",
    ),
    fix: "restore it and mark it `@deprecated`",
    migration: "Deprecate it, watch until nobody calls it, and remove it with the next major. Delete \
                its queues when they are empty.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Fine, step: MAJOR },
    edits: &[Edit::Client],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for interface in &members.interfaces.removed {
        let name = &interface.meta.name.value;
        sink.declaration(name, Pair::new(Some(interface.meta.span), None), Pair::new("", ""));
    }
}
