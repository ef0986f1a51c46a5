//! `@since` that says nothing new.

use lymph_config::Level;
use lymph_idl::model::Since;

use crate::context::Context;
use crate::edits::remove_piece;
use crate::finding::{Findings, Fix};
use crate::rule::{Rule, examples};
use crate::written::attributes;

pub(super) const RULE: Rule = Rule {
    id: "since-redundant",
    level: Level::Warn,
    summary: "`@since` repeats the version of its owner",
    explanation: "A member is as old as its owner, and what has no `@since` is as old as the major. Repeating it hides \
                  the members that really came later, which are the ones that callers have to look at.",
    examples: examples!("since-redundant"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (index, named) in context.named.iter().enumerate() {
        let Some(since) = &named.meta.since else { continue };
        let owner = context.owner_since(index);
        let (is_same, whom) = match (owner, since.value) {
            (Some(owner), own) => (owner == own, "its owner"),
            (None, Since::Version(version)) => (version.minor == 0 && version.patch == 0, "the major"),
            (None, Since::Next) => (false, ""),
        };
        if !is_same {
            continue;
        }
        let written = attributes(context.schema, named.meta.span);
        let fix = written.iter().find(|attribute| attribute.name.value == "since").map(|attribute| Fix {
            title: "drop the `@since`".to_owned(),
            edits: vec![remove_piece(context, attribute.span)],
        });
        let (noun, name) = (named.noun(), &named.meta.name.value);
        findings
            .at(since.span, format!("{noun} `{name}` is as old as {whom} anyway"))
            .help("drop the `@since`")
            .fix(fix);
    }
}
