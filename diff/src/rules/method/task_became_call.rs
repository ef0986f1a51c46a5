//! A task is called directly.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "task-became-call",
    summary: "a `task` became an `rpc` or `oneway`",
    message: "`{name}` was a task and is now {new}",
    notes: Pair::new("published for workers", "sent to an instance"),
    because: "calls and tasks take different ways",
    explanation: "A task is published to the broker for whichever worker is free. A call goes to an \
                  instance that discovery knows. Tasks that old callers publish stay in a queue that \
                  nobody consumes any more; a call by a new caller is answered with NACK by old \
                  instances, which do not run tasks for callers.",
    example: Pair::new(
        "interface Geo { task warm(city: string); }",
        "interface Geo { rpc warm(city: string); }",
    ),
    fix: "keep it, and add a method under another name",
    migration: "Add the method under a new name marked `@since(next)`, move callers over, and remove \
                the task with the next major, when its queue is empty.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind == MethodKind::Task) == Pair::new(true, false) {
        sink.here(Pair::new(
            "task",
            if methods.new.kind == MethodKind::Oneway { "`oneway`" } else { "an `rpc`" },
        ));
    }
}
