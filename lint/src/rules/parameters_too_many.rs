//! Methods with more parameters than anybody keeps apart.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "parameters-too-many",
    level: Level::Warn,
    summary: "a method has more than eight parameters",
    explanation: "Parameters stand in a row in generated code, and a row of ten is filled in wrongly. A struct names \
                  each value where it is given, can be built step by step, and serves the next method that needs the \
                  same.",
    examples: examples!("parameters-too-many"),
    fixable: false,
    check,
};

const MOST: usize = 8;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods().filter(|(_, method)| method.params.len() > MOST) {
        let name = &method.meta.name;
        findings
            .at(name.span, format!("method `{}` has {} parameters", name.value, method.params.len()))
            .help(format!(
                "put those that belong together into a struct; more than {MOST} are hard to keep apart"
            ));
    }
}
