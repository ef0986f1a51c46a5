//! Spans of time as numbers.

use lymph_config::Level;

use crate::constraints::is_number;
use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::{ends_with, words};

pub(super) const RULE: Rule = Rule {
    id: "duration-untyped",
    level: Level::Warn,
    summary: "a field named like a span of time is a number",
    explanation: "A unit in a name is read past, and the same span in other units is a bug that tests with round \
                  numbers do not find. `duration` travels in microseconds and is the language's own type on both \
                  sides.",
    examples: examples!("duration-untyped"),
    fixable: false,
    check,
};

const UNITS: &[&str] = &[
    "days",
    "hours",
    "micros",
    "microseconds",
    "millis",
    "milliseconds",
    "mins",
    "minutes",
    "ms",
    "nanos",
    "sec",
    "seconds",
    "secs",
    "us",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (named, field) in context.fields() {
        let name = &named.meta.name;
        let is_span = ends_with(&name.value, UNITS)
            || words(&name.value)
                .last()
                .is_some_and(|last| matches!(last.as_str(), "timeout" | "ttl" | "duration"));
        let Some(scalar) = context.scalar(&field.ty).filter(|scalar| is_span && is_number(*scalar)) else {
            continue;
        };
        findings
            .at(
                field.ty.span,
                format!(
                    "{} `{}` is a span of time, but its type is `{}`",
                    named.noun(),
                    name.value,
                    scalar.name()
                ),
            )
            .help("make it a `duration`, and drop the unit from its name");
    }
}
