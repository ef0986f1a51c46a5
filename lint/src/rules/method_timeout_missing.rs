//! Calls without a deadline of their own.

use lymph_config::Level;
use lymph_idl::model::MethodKind;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "method-timeout-missing",
    level: Level::Allow,
    summary: "an `rpc` has no `@timeout`",
    explanation: "Whoever writes a method knows best how long it may take; callers who do not know wait for 3 s. Off \
                  by default, since that is right for most.",
    examples: examples!("method-timeout-missing"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods() {
        let is_rpc = method.kind == MethodKind::Rpc && method.meta.deprecated.is_none();
        if is_rpc && method.timeout.is_none() {
            let name = &method.meta.name;
            findings
                .at(name.span, format!("method `{}` has no timeout of its own", name.value))
                .help("say how long callers should wait at most, as in `@timeout(2s)`");
        }
    }
}
