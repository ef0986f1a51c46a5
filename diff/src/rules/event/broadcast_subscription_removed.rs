//! Instances no longer handle an event that each of them handled.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MINOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::queue::is_broadcast;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "broadcast-subscription-removed",
    summary: "a broadcast handler is gone",
    message: "broadcast handler `{name}` was removed",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Each instance has a queue of its own for a broadcast handler, which expires two minutes after it. \
                  So new instances leave nothing behind; they only no longer do what the handler did.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { rpc find(); @broadcast on place.found as note; }",
        "event place.found { id: uuid }\ninterface Geo { rpc find(); }",
    ),
    fix: "nothing has to be done",
    migration: "Deploy in any order.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer],
    check: Check::Interface(check),
};

fn check(_: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for handler in members.handlers.removed.iter().filter(|handler| is_broadcast(handler)) {
        let spans = Pair::new(Some(handler.meta.span), None);
        sink.part_of(Part::Handler(&handler.meta.name.value), spans, Pair::new("", ""));
    }
}
