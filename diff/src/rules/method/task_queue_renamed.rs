//! Tasks wait in a queue of another name.

use lymph_idl::model::{Interface, Method};

use crate::effect::{Effect, MAJOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::queue::{Queue, task_queues};
use crate::renames::{is_renamed, keeps_former_name};
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "task-queue-renamed",
    summary: "tasks wait in a queue of another name",
    message: "tasks of `{name}` waited in `{old}` and now wait in `{new}`",
    notes: Pair::new("old workers consume this queue", "new workers consume this one"),
    because: "both queues get each task, and the old one is left behind full",
    explanation: "A task's queue is named after interface and method, and ends in `.durable` or \
                  `.transient`. A new worker declares the new queue and binds it. The old one stays at \
                  the broker, bound as it was: while workers of both versions run, each task runs at \
                  both; when the old ones are gone, tasks that wait there are lost to everybody, and \
                  new ones keep coming.",
    example: Pair::new(
        "interface Geo { task warm(city: string); }",
        "interface Geo { @durable(false) task warm(city: string); }",
    ),
    fix: "keep the name, and `@durable` as it was",
    migration: "Stop callers, let the old workers empty the queue, deploy new workers, and delete the \
                old queue. Or add a task under a new name and let both run until the old queue is \
                empty.",
    consequence: Consequence::Call { old_client: Effect::Lossy, new_client: Effect::Lossy, step: MAJOR },
    edits: &[],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    if is_renamed(interfaces.map(|interface| &interface.meta)) {
        return;
    }
    for tasks in &members.methods.pairs {
        let Some(queues) = task_queues(*interfaces, *tasks) else { continue };
        if is_left_behind(tasks, &queues) {
            sink.changed(tasks.map(|task| &task.meta), queues.map(|queue| queue.name));
        }
    }
}

/// A task that is renamed without a word is told as such.
fn is_left_behind(tasks: &Pair<&Method>, queues: &Pair<Queue>) -> bool {
    let metas = tasks.map(|task| &task.meta);
    queues.old.name != queues.new.name && (!is_renamed(metas) || keeps_former_name(metas))
}
