//! A method that callers may still send is gone.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MAJOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-removed",
    summary: "a method is gone",
    message: "method `{name}` was removed",
    notes: Pair::new("callers may still send it", ""),
    because: "a call of `{name}` is refused",
    explanation: "A new server has no such method, and answers old callers with NACK: they learn that \
                  no answer will come, and cannot tell that from a handler that failed. It does not \
                  matter whether the method was deprecated: those who call it have not been \
                  rebuilt.\n\n Nobody consumes the queue of a task that is gone. It stays bound and \
                  fills.",
    example: Pair::new("interface Geo { rpc locate(); rpc find(); }", "interface Geo { rpc locate(); }"),
    fix: "restore it and mark it `@deprecated`",
    migration: "Deprecate it, watch until nobody calls it, and remove it with the next major.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Fine, step: MAJOR },
    edits: &[Edit::Client],
    check: Check::Interface(check),
};

fn check(_: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for method in &members.methods.removed {
        sink.removed(&method.meta);
    }
}
