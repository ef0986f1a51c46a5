//! A method that by its name does something anew each time, and may be retried.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::words;

pub(super) const RULE: Rule = Rule {
    id: "method-idempotent-doubtful",
    level: Level::Warn,
    summary: "an `@idempotent` method is named for something that adds up",
    explanation: "Callers send an `@idempotent` call again whenever they are not sure whether the first one arrived. \
                  A payment that is made twice is no network problem any more. If the method does recognise a \
                  repetition, say so with `@lint.allow`, and how.",
    examples: examples!("method-idempotent-doubtful"),
    fixable: false,
    check,
};

/// First words of methods whose effect is twice as large the second time.
const ADDING: &[&str] = &[
    "add",
    "append",
    "charge",
    "create",
    "decrement",
    "enqueue",
    "increment",
    "insert",
    "pay",
    "pop",
    "push",
    "refund",
    "reserve",
    "send",
    "submit",
    "toggle",
    "transfer",
    "withdraw",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods().filter(|(_, method)| method.idempotent) {
        let name = &method.meta.name;
        if let Some(verb) = words(&name.value).first().filter(|verb| ADDING.contains(&verb.as_str())) {
            findings
                .at(name.span, format!("method `{}` may be retried, and would {verb} twice", name.value))
                .help("drop `@idempotent`, unless the method recognises a repetition");
        }
    }
}
