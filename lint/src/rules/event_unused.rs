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
    let mut patterns: Vec<Vec<&str>> = Vec::new();
    for interface in context.schema.packages.iter().flat_map(|package| &package.interfaces) {
        used.extend(interface.emits.iter().map(|emits| emits.event));
        for handler in &interface.handlers {
            match &handler.subscription {
                Subscription::Event(event) => {
                    used.insert(*event);
                }
                Subscription::Pattern(pattern) => patterns.push(pattern.split('.').collect()),
            }
        }
    }
    for package in context.packages().filter(|package| !package.interfaces.is_empty()) {
        for id in package.events.iter().filter(|id| !used.contains(id)) {
            let meta = &context.schema.event(*id).meta;
            let key: Vec<&str> = meta.wire.split('.').collect();
            if patterns.iter().any(|pattern| matches(pattern, &key)) {
                continue;
            }
            let name = &meta.name;
            findings
                .at(name.span, format!("no interface emits or handles event `{}`", name.value))
                .help(format!("put `emits {};` into the interface that it comes from", name.value));
        }
    }
}

/// Whether a topic with wildcards takes a routing key: `*` is one word, `#` any number.
fn matches(pattern: &[&str], key: &[&str]) -> bool {
    // How much of the pattern may be behind us after each word.
    let open = |mut at: Vec<bool>| {
        for place in 0..pattern.len() {
            at[place + 1] |= at[place] && pattern[place] == "#";
        }
        at
    };
    let mut at = vec![false; pattern.len() + 1];
    at[0] = true;
    at = open(at);
    for word in key {
        let mut next = vec![false; pattern.len() + 1];
        for (place, wanted) in pattern.iter().enumerate().filter(|(place, _)| at[*place]) {
            next[place] |= *wanted == "#";
            next[place + 1] |= *wanted == "*" || wanted == word;
        }
        at = open(next);
    }
    at[pattern.len()]
}
