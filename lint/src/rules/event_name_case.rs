//! Events are words in lower_snake_case, joined by dots.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::{is_lower_snake, lower_snake_words};

pub(super) const RULE: Rule = Rule {
    id: "event-name-case",
    level: Level::Warn,
    summary: "an event's name has upper case letters",
    explanation: "An event's name is its routing key, and wildcards of listeners match it letter by letter: \
                  `user.*.deleted` misses `user.7.Deleted`. There is no automatic fix, since other packages listen \
                  to events by name; `@wire` keeps the routing key when you rename one.",
    examples: examples!("event-name-case"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for event in context.events().filter(|event| !is_lower_snake(&event.meta.name.value)) {
        let name = &event.meta.name;
        let better = lower_snake_words(&name.value);
        findings
            .at(name.span, format!("event `{}` is not in lower_snake_case", name.value))
            .help(format!("call it `{better}`; `@wire(\"{}\")` keeps its routing key", event.meta.wire));
    }
}
