//! `@wire` with the name that travels anyway.

use lymph_config::Level;

use crate::context::Context;
use crate::edits::remove_piece;
use crate::finding::{Findings, Fix};
use crate::rule::{Rule, examples};
use crate::written::attributes;

pub(super) const RULE: Rule = Rule {
    id: "wire-redundant",
    level: Level::Warn,
    summary: "`@wire` repeats the name",
    explanation: "`@wire` tells readers that something travels under another name. Where it does not, they look for a \
                  difference that is not there, and a later rename of the one is easily made to the other too.",
    examples: examples!("wire-redundant"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for named in context.named.iter().filter(|named| named.meta.wire == named.meta.name.value) {
        let written = attributes(context.schema, named.meta.span);
        let Some(wire) = written.iter().find(|attribute| attribute.name.value == "wire") else { continue };
        let (noun, name) = (named.noun(), &named.meta.name.value);
        let edits = vec![remove_piece(context, wire.span)];
        findings
            .at(wire.span, format!("{noun} `{name}` travels as `{name}` anyway"))
            .help("drop the `@wire`")
            .fix(Fix { title: "drop the `@wire`".to_owned(), edits });
    }
}
