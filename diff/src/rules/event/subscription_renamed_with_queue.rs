//! A handler has another name, and leaves no queue behind.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MINOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::path::Part;
use crate::queue::{handler_queues, is_broadcast};
use crate::renames::{is_renamed, is_renamed_in_code};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "subscription-renamed-with-queue",
    summary: "a handler has another name and leaves no queue behind",
    message: "handler `{old}` is now `{new}`, and no queue is left behind",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Only its queue is seen of a handler, and that is the same; or it is a broadcast \
                  handler, and the queues of its instances expire two minutes after them. The function \
                  of the generated trait is called otherwise.",
    example: Pair::new(
        "event place.found { id: uuid }\ninterface Geo { @queue(\"notes\") on place.found as note; }",
        "event place.found { id: uuid }\n\
         interface Geo { @queue(\"notes\") on place.found as remember; }",
    ),
    fix: "change the handler when the service is rebuilt",
    migration: "This is the safe way to rename a handler.",
    consequence: Consequence::Event { old_consumer: Effect::Fine, new_consumer: Effect::Fine, step: MINOR },
    edits: &[Edit::Consumer],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    if is_renamed(interfaces.map(|interface| &interface.meta)) {
        return;
    }
    for handlers in &members.handlers.pairs {
        let names = handler_queues(*interfaces, *handlers).map(|queue| queue.name);
        let are_broadcast = handlers.map(is_broadcast) == Pair::new(true, true);
        let metas = handlers.map(|handler| &handler.meta);
        if (are_broadcast || !names.differs()) && (is_renamed(metas) || is_renamed_in_code(metas)) {
            let part = Part::Handler(&metas.new.name.value);
            sink.part_of(part, metas.map(|meta| Some(meta.span)), metas.map(|meta| &*meta.name.value));
        }
    }
}
