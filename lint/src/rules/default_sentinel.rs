//! Defaults that stand for nothing.

use lymph_config::Level;
use lymph_idl::model::Literal;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "default-sentinel",
    level: Level::Warn,
    summary: "a default such as `-1` or `\"none\"` stands for a missing value",
    explanation: "Sooner or later somebody computes with the `-1`. `T?` says that a value may be missing, and generated \
                  code makes everybody look. Dropping a default later means something else to older readers, so \
                  decide before the first release.",
    examples: examples!("default-sentinel"),
    fixable: false,
    check,
};

const TEXTS: &[&str] = &["-", "n/a", "nil", "none", "null", "undefined", "unknown"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (named, field) in context.fields() {
        let Some(default) = &field.default else { continue };
        let is_sentinel = match &default.value {
            Literal::Int(value) => *value == -1,
            Literal::Float(value) => *value == -1.0,
            Literal::String(text) => {
                let is_nil = text.chars().all(|char| matches!(char, '0' | '-'));
                TEXTS.contains(&text.to_lowercase().as_str()) || is_nil && text.len() == 36
            }
            _ => false,
        };
        if is_sentinel {
            let (noun, name) = (named.noun(), &named.meta.name.value);
            let shown = context.schema.sources.text(default.span);
            findings
                .at(default.span, format!("default `{shown}` of {noun} `{name}` seems to stand for nothing"))
                .help("make the type optional instead, as in `string?`");
        }
    }
}
