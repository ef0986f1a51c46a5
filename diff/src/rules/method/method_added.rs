//! An interface offers a method more.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MINOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-added",
    summary: "a method is new",
    message: "method `{name}` is new",
    notes: Pair::new("", "added"),
    because: "an old server has no `{name}`",
    explanation: "With `@since` callers of the method ask discovery for instances that have it, and \
                  fail before anything is sent while there are none. Without, they ask for the first \
                  version of the major, pick an old server and are answered with NACK. No version keeps \
                  anybody from publishing a task: while only old workers ran, it finds no queue and is \
                  lost.",
    example: Pair::new(
        "interface Geo { rpc locate(); }",
        "interface Geo { rpc locate(); @since(1.1) rpc find(); }",
    ),
    fix: "mark it `@since(next)`",
    migration: "Mark the method with the version it comes with. `lymph-idl release` turns `next` into \
                that version, and callers that do not use the method still match older servers. Deploy the \
                workers of a task before those who publish it.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Breaks, step: MINOR },
    edits: &[Edit::Server],
    check: Check::Interface(check),
};

fn check(_: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    for method in &members.methods.added {
        sink.added_method(method);
    }
}
