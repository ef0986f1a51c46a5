//! A package offers an interface more.

use crate::effect::{Effect, MINOR};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "interface-added",
    summary: "an interface is new",
    message: "interface `{name}` is new",
    notes: Pair::new("", "added"),
    because: "only new instances register `{name}`",
    explanation: "Callers of a new interface find the instances that register it and no others: \
                  nothing reaches a server that does not have it. While none runs, a call fails before \
                  it is sent. A task of it is published all the same: while no worker of it ran, it finds \
                  no queue and is lost.",
    example: Pair::new(
        "interface Geo { rpc locate(); }",
        "interface Geo { rpc locate(); }\ninterface Routes { rpc plan(); }",
    ),
    fix: "mark it `@since(next)` and deploy servers before callers",
    migration: "No call can go wrong on the wire; deploy workers before those who publish tasks. A process that \
                serves other interfaces of the package need not serve this one.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Breaks, step: MINOR },
    edits: &[],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for interface in &members.interfaces.added {
        sink.offered(interface);
    }
}
