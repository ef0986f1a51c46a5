//! HTTP repeats GET, PUT and DELETE on its own.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "http-idempotent-missing",
    level: Level::Warn,
    summary: "a GET, PUT or DELETE mapping is on a method that is not `@idempotent`",
    explanation: "Browsers, proxies and client libraries repeat GET, PUT and DELETE without asking, since HTTP says \
                  that they may. A method that must not run twice belongs behind POST; one that may should say so to \
                  its other callers too.",
    examples: examples!("http-idempotent-missing"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods().filter(|(_, method)| !method.idempotent) {
        let Some(http) = &method.http else { continue };
        if ["GET", "PUT", "DELETE"].contains(&http.verb.as_str()) {
            let name = &method.meta.name;
            findings
                .at(
                    name.span,
                    format!(
                        "HTTP may repeat {} `{}`, but the method may not run twice",
                        http.verb, http.path
                    ),
                )
                .help(format!("mark `{}` as `@idempotent`, or map it to POST", name.value));
        }
    }
}
