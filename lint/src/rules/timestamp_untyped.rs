//! Points in time as texts or numbers.

use lymph_config::Level;
use lymph_idl::model::Scalar;

use crate::constraints::is_number;
use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::ends_with;

pub(super) const RULE: Rule = Rule {
    id: "timestamp-untyped",
    level: Level::Warn,
    summary: "a field named like a point in time is a text or a number",
    explanation: "Seconds or milliseconds? Which zone? `datetime` says both, keeps its offset on the way, and is a \
                  type of its own in every language. Changing the type later breaks everybody.",
    examples: examples!("timestamp-untyped"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (named, field) in context.fields() {
        let name = &named.meta.name;
        let better = if ends_with(&name.value, &["at", "timestamp"]) || name.value == "timestamp" {
            "datetime"
        } else if ends_with(&name.value, &["date"]) || ["birthday", "date"].contains(&name.value.as_str()) {
            "date"
        } else {
            continue;
        };
        let Some(scalar) = context.scalar(&field.ty) else { continue };
        let is_bare = match better {
            "date" => scalar == Scalar::String,
            _ => scalar == Scalar::String || is_number(scalar),
        };
        if is_bare {
            findings
                .at(
                    field.ty.span,
                    format!(
                        "{} `{}` is a point in time, but its type is `{}`",
                        named.noun(),
                        name.value,
                        scalar.name()
                    ),
                )
                .help(format!("make it a `{better}`"));
        }
    }
}
