//! A service handles one more event.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MINOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-added",
    summary: "a handler is new",
    message: "handler `{name}` is new",
    notes: Pair::new("", "added"),
    because: "",
    explanation: "A new instance declares the handler's queue and binds it; it hears what is emitted \
                  from then on. Producers and other consumers notice nothing.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { rpc find(); }",
        "event place.found { id: uuid }\ninterface Geo { rpc find(); on place.found as note; }",
    ),
    fix: "nothing has to be done; mark it `@since(next)`",
    migration: "What was emitted before the first new instance came is not handled. Start one before \
                the producers when nothing may be missed.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer],
    check: Check::Interface(check),
};

fn check(_: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for handler in &members.handlers.added {
        sink.part_of(
            Part::Handler(&handler.meta.name.value),
            Pair::new(None, Some(handler.meta.span)),
            Pair::new("", ""),
        );
    }
}
