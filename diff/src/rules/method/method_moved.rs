//! A method stands in another interface of the package.

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-moved",
    summary: "a method moved to another interface",
    message: "method `{name}` moved from `{old}` to `{new}`",
    notes: Pair::new("callers send it here", "servers have it here only"),
    because: "each side sends it to an interface that does not have it",
    explanation: "The interface is half of a method's name on the wire. Old callers send it to the old \
                  interface, where a new server answers NACK; new callers look for the new interface, \
                  where an old server has no such method or is not found.",
    example: Pair::new(
        "interface Geo { rpc locate(place: string) -> string; rpc find(); }\n\
         interface Routes { rpc plan(); }",
        "interface Geo { rpc find(); }\n\
         interface Routes { rpc plan(); rpc locate(place: string) -> string; }",
    ),
    fix: "leave it where it was and add one to `{new}`",
    migration: "Declare it in both interfaces and let one implementation call the other. Deprecate the \
                old one, and remove it with the next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for moved in &members.moved.methods {
        let interfaces = moved.map(|(interface, _)| &*interface.meta.name.value);
        let spans = moved.map(|(_, method)| Some(method.meta.span));
        sink.elsewhere(interfaces.new, &moved.new.1.meta.name.value, spans, interfaces);
    }
}
