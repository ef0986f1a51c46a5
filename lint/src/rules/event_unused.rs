//! An event that nobody sends or hears.

use std::collections::BTreeSet;

use lymph_config::Level;
use lymph_idl::model::Subscription;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "event-unused",
    level: Level::Warn,
    summary: "no interface emits or handles the event",
    explanation: "`emits` is how readers learn where an event comes from, and how tools tell which services a change \
                  concerns. An event that stands beside interfaces but in none of them is a leftover, or its `emits` \
                  line was forgotten. Packages without interfaces are left alone: they declare events for others.",
    examples: examples!("event-unused"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let mut used = BTreeSet::new();
    for interface in context.schema.packages.iter().flat_map(|package| &package.interfaces) {
        used.extend(interface.emits.iter().map(|emits| emits.event));
        used.extend(interface.handlers.iter().filter_map(|handler| match handler.subscription {
            Subscription::Event(event) => Some(event),
            Subscription::Pattern(_) => None,
        }));
    }
    for package in context.packages().filter(|package| !package.interfaces.is_empty()) {
        for id in package.events.iter().filter(|id| !used.contains(id)) {
            let name = &context.schema.event(*id).meta.name;
            findings
                .at(name.span, format!("no interface emits or handles event `{}`", name.value))
                .help(format!("put `emits {};` into the interface that it comes from", name.value));
        }
    }
}
