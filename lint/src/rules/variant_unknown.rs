//! A variant for what is unknown, in an enum that has one.

use lymph_config::Level;
use lymph_idl::model::TypeDefKind;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "variant-unknown",
    level: Level::Warn,
    summary: "an open enum has a variant for unknown or missing values",
    explanation: "An open enum keeps names that it does not know, so that nobody has to send `unknown`; a value that \
                  may be missing is `T?`. Where old readers should take whatever is new for one of the known \
                  variants, `@fallback` marks it.",
    examples: examples!("variant-unknown"),
    fixable: false,
    check,
};

const NAMES: &[&str] = &["invalid", "none", "null", "undefined", "unknown", "unspecified"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for def in context.types() {
        let TypeDefKind::Enum(declared) = &def.kind else { continue };
        if declared.closed {
            continue;
        }
        for variant in &declared.variants {
            let name = &variant.name;
            let is_fallback = declared.fallback.as_ref() == Some(&name.value);
            if NAMES.contains(&name.value.to_lowercase().as_str()) && !is_fallback {
                let enumeration = &def.meta.name.value;
                findings.at(name.span, format!("an open enum needs no `{}`: readers keep what they do not know", name.value)).help(
                    format!(
                        "use `{enumeration}?` where it may be missing; mark it `@fallback` where old readers should \
                         read it instead of what is new"
                    ),
                );
            }
        }
    }
}
