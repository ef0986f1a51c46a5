//! Deprecated, and what now?

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "deprecated-unexplained",
    level: Level::Warn,
    summary: "`@deprecated` does not say what to use instead",
    explanation: "The reason is what the compiler tells everybody who still uses it. Without one they know that \
                  something is wrong and not what to do, so they do nothing, and the next major cannot drop it.",
    examples: examples!("deprecated-unexplained"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for named in &context.named {
        let Some(deprecated) = &named.meta.deprecated else { continue };
        if deprecated.why.as_ref().is_none_or(|why| why.trim().is_empty()) {
            let name = &named.meta.name;
            findings
                .at(name.span, format!("{} `{}` is deprecated without a reason", named.noun(), name.value))
                .help("say what to use instead, as in `@deprecated(1.4, \"use locate\")`");
        }
    }
}
