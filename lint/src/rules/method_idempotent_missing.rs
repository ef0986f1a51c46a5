//! A method that only reads, and may not be retried.

use lymph_config::Level;
use lymph_idl::model::MethodKind;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::words;

pub(super) const RULE: Rule = Rule {
    id: "method-idempotent-missing",
    level: Level::Warn,
    summary: "a method that by its name only reads is not `@idempotent`",
    explanation: "A call whose answer got lost is sent again only if the schema says that this is safe. Without \
                  `@idempotent` callers of a method that only reads see every hiccup of the network. It is not \
                  added automatically: only you know what the method does beside reading.",
    examples: examples!("method-idempotent-missing"),
    fixable: false,
    check,
};

/// First words of methods that change nothing.
const READING: &[&str] = &[
    "count", "describe", "exists", "fetch", "find", "get", "has", "is", "list", "lookup", "query", "search",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods() {
        let name = &method.meta.name;
        let words = words(&name.value);
        // `find_or_create` does both.
        let reads = words.first().is_some_and(|first| READING.contains(&first.as_str()))
            && !words.iter().any(|word| word == "or" || word == "and");
        let is_live = method.kind == MethodKind::Rpc && method.meta.deprecated.is_none();
        if reads && is_live && !method.idempotent {
            findings
                .at(name.span, format!("method `{}` seems to read only, but is not retried", name.value))
                .help(
                    "mark it `@idempotent` if it may run twice, or give it a name that tells what it changes",
                );
        }
    }
}
