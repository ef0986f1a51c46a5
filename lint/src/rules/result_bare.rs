//! Results that cannot grow.

use lymph_config::Level;
use lymph_idl::model::{TypeDefKind, TypeKind};

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "result-bare",
    level: Level::Allow,
    summary: "a method's result is not a struct or union",
    explanation: "A struct gets a new field in a minor version: the next page's token, a total, a warning. A bare list \
                  or number never can, and the method needs a successor instead. Off by default: for many small \
                  methods a number is all there will ever be.",
    examples: examples!("result-bare"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods() {
        let Some(result) = &method.result else { continue };
        let mut ty = context.schema.resolve_alias(result);
        if let TypeKind::Optional(inner) = &ty.kind {
            ty = context.schema.resolve_alias(inner);
        }
        let can_grow = match &ty.kind {
            TypeKind::Named(id) => !matches!(context.schema.type_def(*id).kind, TypeDefKind::Enum(_)),
            _ => false,
        };
        if !can_grow {
            findings
                .at(
                    result.span,
                    format!("the result of `{}` cannot get another field", method.meta.name.value),
                )
                .help("return a struct with this in it");
        }
    }
}
