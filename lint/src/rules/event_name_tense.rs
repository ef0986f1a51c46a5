//! Events tell what happened.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::words;

pub(super) const RULE: Rule = Rule {
    id: "event-name-tense",
    level: Level::Allow,
    summary: "an event's name does not end with a past participle",
    explanation: "An event says that something happened; one that is named like a command makes its listeners feel \
                  responsible for doing it, and then there are two of them. English has many irregular verbs, of \
                  which this rule knows the common ones, so it is off by default.",
    examples: examples!("event-name-tense"),
    fixable: false,
    check,
};

/// Participles that do not end with `ed`.
const IRREGULAR: &[&str] = &[
    "begun",
    "bought",
    "broken",
    "built",
    "caught",
    "chosen",
    "cut",
    "done",
    "drawn",
    "fallen",
    "forgotten",
    "found",
    "frozen",
    "given",
    "gone",
    "grown",
    "heard",
    "held",
    "hidden",
    "hit",
    "kept",
    "known",
    "laid",
    "left",
    "lost",
    "made",
    "met",
    "overdue",
    "paid",
    "put",
    "read",
    "reset",
    "risen",
    "run",
    "seen",
    "sent",
    "set",
    "shown",
    "shut",
    "sold",
    "split",
    "spent",
    "stolen",
    "stuck",
    "sung",
    "sunk",
    "swept",
    "taken",
    "thrown",
    "told",
    "torn",
    "undone",
    "unset",
    "upset",
    "withdrawn",
    "woken",
    "won",
    "worn",
    "written",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for event in context.events() {
        let name = &event.meta.name;
        let has_happened = words(&name.value)
            .iter()
            .any(|word| word.ends_with("ed") && word.len() > 3 || IRREGULAR.contains(&word.as_str()));
        if !has_happened {
            findings
                .at(name.span, format!("event `{}` does not say what happened", name.value))
                .help("name it for what has happened by then, as in `order_placed`");
        }
    }
}
