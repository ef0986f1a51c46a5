//! A method that was called is published for workers.

use lymph_idl::model::{Method, MethodKind};

use crate::effect::{Edit, Effect, MAJOR};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "method-became-task",
    summary: "an `rpc` or `oneway` became a `task`",
    message: "`{name}` was {old} and is now a task",
    notes: Pair::new("sent to an instance", "published for workers"),
    because: "calls and tasks take different ways",
    explanation: "A call goes to an instance that discovery knows. A task is published to the broker \
                  for whichever worker is free. An old call of it arrives at an instance that no \
                  longer takes it and is answered with NACK; a task published by a new caller finds no \
                  queue while only old servers run, and is lost.",
    example: Pair::new(
        "interface Geo { rpc warm(city: string); }",
        "interface Geo { task warm(city: string); }",
    ),
    fix: "keep it, and add a task under another name",
    migration: "Add the task under a new name marked `@since(next)`, start workers, move callers over, \
                and remove the old method with the next major. Until then its handler can publish the \
                task itself.",
    consequence: Consequence::Call { old_client: Effect::Breaks, new_client: Effect::Breaks, step: MAJOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Method(check),
};

fn check(methods: &Pair<&Method>, sink: &mut Sink<'_, '_>) {
    if methods.map(|method| method.kind == MethodKind::Task) == Pair::new(false, true) {
        sink.here(Pair::new(
            if methods.old.kind == MethodKind::Oneway { "`oneway`" } else { "an `rpc`" },
            "task",
        ));
    }
}
