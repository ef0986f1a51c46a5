//! Tasks wait in a queue that the broker does not declare anew.

use lymph_idl::model::Interface;

use crate::effect::{Effect, NEW_EVENT};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::queue::task_queues;
use crate::renames::is_renamed;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "task-queue-args-changed",
    summary: "a task's queue cannot be declared as it is now",
    message: "the queue `{new}` of `{name}` is there with other arguments",
    notes: Pair::new("declared one way", "declared another way"),
    because: "the broker refuses to declare the queue a second time with other arguments",
    explanation: "`@sequential` lets one worker at a time consume the queue, which is an argument of \
                  the queue. It was declared before without, and RabbitMQ answers a second declaration \
                  that differs with `406 PRECONDITION_FAILED`: a new worker does not start. Should \
                  somebody delete the queue so that it does, old workers no longer start. A version \
                  does not help, as the name of the queue has none in it.",
    example: Pair::new(
        "interface Geo { task warm(city: string); }",
        "interface Geo { @sequential task warm(city: string); }",
    ),
    fix: "add the task under another name",
    migration: "Add a task under a new name, which gives it a queue of its own, and move callers over. \
                Or stop all workers, let the queue run empty, delete it, and start the new ones.",
    consequence: Consequence::Call {
        old_client: Effect::Breaks,
        new_client: Effect::Breaks,
        step: NEW_EVENT,
    },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    if is_renamed(interfaces.map(|interface| &interface.meta)) {
        return;
    }
    for tasks in &members.methods.pairs {
        let Some(queues) = task_queues(*interfaces, *tasks) else { continue };
        if queues.old.conflicts(&queues.new) {
            sink.changed(tasks.map(|task| &task.meta), queues.map(|queue| queue.name));
        }
    }
}
