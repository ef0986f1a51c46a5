//! `as` gives a name that is there anyway.

use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;
use lymph_idl::model::Subscription;

use crate::context::Context;
use crate::finding::{Edit, Findings, Fix};
use crate::rule::{Rule, examples};
use crate::written::{piece, uses};

pub(super) const RULE: Rule = Rule {
    id: "alias-redundant",
    level: Level::Warn,
    summary: "`as` gives an import or a handler the name that it has anyway",
    explanation: "A handler is named after its event, with `_` for each dot, and an import has the name that it is \
                  declared with. Repeating it makes readers look for a difference.",
    examples: examples!("alias-redundant"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for package in context.packages() {
        for line in uses(context.schema, package.file) {
            for name in line.names.iter().flatten() {
                let Some(alias) = name.alias.as_ref().filter(|alias| alias.value == name.name.value) else {
                    continue;
                };
                let end = alias.span.end as usize;
                let edits = vec![Edit::remove(piece(alias.span, name.name.span.end as usize, end))];
                findings
                    .at(alias.span, format!("`{}` is its name anyway", alias.value))
                    .help("drop the `as`")
                    .fix(Fix { title: "drop the `as`".to_owned(), edits });
            }
        }
    }
    for interface in context.interfaces() {
        for handler in &interface.handlers {
            let name = &handler.meta.name;
            let Subscription::Event(event) = handler.subscription else { continue };
            let default = context.schema.event(event).meta.name.value.replace('.', "_");
            if name.value != default || !context.is_alias(name.span) {
                continue;
            }
            let Some(topic) = context.named_in(handler.meta.span, SymbolKind::Event) else { continue };
            let edits = vec![Edit::remove(piece(name.span, topic.end as usize, name.span.end as usize))];
            findings
                .at(name.span, format!("handler `{}` is called so anyway", name.value))
                .help("drop the `as`")
                .fix(Fix { title: "drop the `as`".to_owned(), edits });
        }
    }
}
